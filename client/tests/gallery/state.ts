/** One state of one page: which element, what it shows, what its buttons do. */
export interface State {
  readonly tag: string;
  readonly model: unknown;
  readonly actions: unknown;
  /** What the person has done before looking, such as opening a dialog. */
  readonly before?: (element: HTMLElement) => Promise<void> | void;
}

/** Made anew each time, because texts depend on the language. */
export type States = Readonly<Record<string, () => State>>;

/** Presses a button or follows a link, by the words on it or its accessible name. */
export function press(selector: string): (element: HTMLElement) => void {
  return (element) => {
    const button = element.querySelector<HTMLElement>(selector);
    if (button === null) throw new Error(`nothing to press at ${selector}`);
    button.click();
  };
}
