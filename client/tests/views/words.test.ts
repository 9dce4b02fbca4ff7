import { expect } from 'chai';
import { html, render } from 'lit';

import english from '../../../translations/en.json';
import chinese from '../../../translations/zh-Hans.json';
import { currentLanguage, joinNames, onLanguageChange, rich, speak, t, type WordKey } from '../../src/views/words.ts';

type Entry = string | Record<string, string>;

const catalogues: Record<string, Record<string, Entry>> = { en: english, 'zh-Hans': chinese };

function placesOf(entry: Entry): string[] {
  const forms = typeof entry === 'string' ? [entry] : Object.values(entry);
  return [...new Set(forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name ?? '')))].sort();
}

describe('words', () => {
  afterEach(() => speak('en'));

  it('has every sentence in every language, with the same places in it', () => {
    for (const [key, entry] of Object.entries(catalogues['en'] ?? {})) {
      const other = catalogues['zh-Hans']?.[key];
      expect(other, key).not.to.equal(undefined);
      if (other !== undefined && typeof entry === 'string') expect(placesOf(other), key).to.deep.equal(placesOf(entry));
    }
    expect(Object.keys(chinese).sort()).to.deep.equal(Object.keys(english).sort());
  });

  it('writes Chinese with full-width punctuation and speaks to people with 您', () => {
    for (const [key, entry] of Object.entries(catalogues['zh-Hans'] ?? {})) {
      const text = typeof entry === 'string' ? entry : Object.values(entry).join(' ');
      expect(text, key).not.to.match(/\p{Script=Han}[,;:!?]|\p{Script=Han}\.(?!\w)|你/u);
    }
  });

  it('chooses the plural form by count', async () => {
    await speak('en');
    expect(t('seal.readers', { count: 1 })).to.equal('You and 1 person can read');
    expect(t('seal.readers', { count: 5 })).to.equal('You and 5 people can read');
    await speak('zh-Hans');
    expect(t('seal.readers', { count: 1 })).to.equal('您和 1 个人能看');
  });

  it('sets a space between Chinese characters and Latin names, and none between Chinese ones', async () => {
    await speak('zh-Hans');
    expect(t('delivery.read_by', { names: 'Tom Reyes' })).to.equal('Tom Reyes 已读');
    expect(t('delivery.read_by', { names: '林悦医生' })).to.equal('林悦医生已读');
    expect(joinNames(['林悦医生', 'Tom Reyes'])).to.equal('林悦医生和 Tom Reyes');
  });

  it('refuses a place that nothing fills rather than showing its braces', () => {
    expect(() => t('seal.readers', { people: 3 })).to.throw(RangeError);
    expect(() => t('idle.seconds')).to.throw(RangeError, 'seconds');
  });

  it('refuses a key that no catalogue holds', () => {
    expect(() => t('no.such_sentence' as WordKey)).to.throw(RangeError, 'no.such_sentence');
  });

  it('puts templates into a sentence and keeps strings as text', () => {
    const place = document.createElement('p');
    render(html`${rich('urgent.call', { number: html`<a href="tel:112">112</a>` })}`, place);
    expect(place.textContent).to.equal('If you feel very ill, call 112');
    expect(place.querySelector('a')?.getAttribute('href')).to.equal('tel:112');
    render(html`${rich('urgent.call', { number: '<b>112</b>' })}`, place);
    expect(place.querySelector('b')).to.equal(null);
  });

  it('tells who listens of each change, until they no longer want to know', async () => {
    const heard: string[] = [];
    const stop = onLanguageChange(() => heard.push(currentLanguage()));
    await speak('zh-Hans');
    stop();
    await speak('en');
    expect(heard).to.deep.equal(['zh-Hans']);
  });

  it("names the page's language, so that screen readers pronounce it", async () => {
    await speak('zh-Hans');
    expect(document.documentElement.lang).to.equal('zh-Hans');
  });
});
