/** A QR code drawn in SVG; the same text always stands beside it for those who cannot scan. */
import { html, type TemplateResult } from 'lit';
import qrcode from 'qrcode-generator'; // kept, complete (all versions and levels), no dependencies, runs without a DOM

/** Light modules that a reader needs on each side (ISO/IEC 18004 §6.3.8). */
const QUIET_ZONE = 4;

/**
 * Draws `text` as a QR code with medium error correction.
 *
 * @param label what it leads to, for screen readers
 * @throws Error when the text has more than 2,331 bytes
 */
export function qrCode(text: string, label: string): TemplateResult {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount() + 2 * QUIET_ZONE;
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges">
    <rect class="qr__ground" width=${size} height=${size} />
    <path class="qr__ink" d=${darkModules(code)} />
  </svg>`;
}

/** One path for all dark modules: a horizontal run each. */
function darkModules(code: ReturnType<typeof qrcode>): string {
  const count = code.getModuleCount();
  let path = '';
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      let run = 0;
      while (column + run < count && code.isDark(row, column + run)) run += 1;
      if (run > 0) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h${run}v1h-${run}z`;
      column += run;
    }
  }
  return path;
}
