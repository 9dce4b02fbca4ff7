/** Puts elements into the page as the application does, and takes them out again. */
import type { LitElement } from 'lit';
import { speak } from '../../src/views/words.ts';

const mounted: HTMLElement[] = [];

// What the style sheet says of where elements stand and who keeps the place; the page of these tests has none.
const sheet = new CSSStyleSheet();
sheet.replaceSync('message-thread { display: block } .thread { overflow-anchor: none } svg { inline-size: 20px; block-size: 20px }');
document.adoptedStyleSheets = [sheet];

/** Makes an element with these properties and waits until it and what is in it have drawn. */
export async function mount<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
): Promise<HTMLElementTagNameMap[Name]> {
  await speak('en');
  const element = Object.assign(document.createElement(name), properties);
  mounted.push(element);
  document.body.append(element);
  await settled(element);
  return element;
}

/** Changes properties of an element and waits until it has drawn. */
export async function change<Element extends HTMLElement>(element: Element, properties: Partial<Element>): Promise<void> {
  Object.assign(element, properties);
  await settled(element);
}

/** Waits until an element has drawn, and what stands in it, and what they caused in the next frames. */
export async function settled(element: HTMLElement): Promise<void> {
  for (let frame = 0; frame < 3; frame += 1) {
    await Promise.all([element, ...element.querySelectorAll('*')].map(drawn));
    await new Promise(requestAnimationFrame);
  }
}

async function drawn(element: Element): Promise<void> {
  if ('updateComplete' in element) await (element as LitElement).updateComplete;
}

/** Takes everything out that was mounted. */
export function unmountAll(): void {
  for (const element of mounted.splice(0)) element.remove();
}

/** The one element at a selector. */
export function find(within: ParentNode, selector: string): HTMLElement {
  const found = within.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`nothing at ${selector}`);
  return found;
}

/** Writes into a field as a person does: the field tells that it changed. */
export function type(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** The words that a person sees, white space aside. */
export function wordsOf(element: Element): string {
  return element.textContent.replace(/\s+/gu, ' ').trim();
}
