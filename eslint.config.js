import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    files: ['client/**/*.ts', 'bench/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'tsconfig.worker.json'], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error', // what a person must know is shown on the page; a console line may carry content
      'no-eval': 'error',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Render with lit; innerHTML is a Trusted Types sink.' },
        { property: 'outerHTML', message: 'Render with lit; outerHTML is a Trusted Types sink.' },
      ],
      // A number or boolean in a sentence is unambiguous; an object or null is still refused.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    // chai's assertions are property reads: `expect(x).to.be.true`; mocha's `describe` is one function around many
    files: ['client/tests/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', 'max-lines-per-function': 'off' },
  },
);
