import { expect } from 'chai';
import { render } from 'lit';
import qrcode from 'qrcode-generator';

import { qrCode } from '../../src/views/parts/qr-code.ts';
import { find } from './mount.ts';

const LINK =
  'https://clinic.example/join#i.inv_0195d3a1b2c37d4e8f90a1b2c3d4e5f6.q8s1kU0r3Jm9yQ2vT5xWzA.m3Zk7Vb2N9cQ1xR8tY5uW0aS4dF6gH7jK2lP3oI9eE8';
const QUIET = 4;

/** What is drawn at the middle of each module, the quiet zone included. */
function drawn(svg: SVGSVGElement): boolean[][] {
  const path = find(svg, 'path') as unknown as SVGGeometryElement;
  const size = svg.viewBox.baseVal.width;
  const middles = Array.from({ length: size }, (_, index) => index + 0.5);
  return middles.map((y) => middles.map((x) => path.isPointInFill(new DOMPoint(x, y))));
}

describe('a QR code', () => {
  const place = document.createElement('div');
  before(() => {
    document.body.append(place);
  });
  after(() => {
    place.remove();
  });

  it('draws every module of the code, and four light ones around it', () => {
    render(qrCode(LINK, 'Invitation'), place);
    const expected = qrcode(0, 'M');
    expected.addData(LINK);
    expected.make();
    const count = expected.getModuleCount();
    const picture = drawn(find(place, 'svg') as unknown as SVGSVGElement);
    expect(picture.length).to.equal(count + 2 * QUIET);
    const inside = (index: number): boolean => index >= QUIET && index < count + QUIET;
    picture.forEach((row, y) => {
      row.forEach((dark, x) => {
        expect(dark, `${x},${y}`).to.equal(inside(x) && inside(y) && expected.isDark(y - QUIET, x - QUIET));
      });
    });
  });

  it('has a name and no style of its own, which the policy would refuse', () => {
    render(qrCode(LINK, 'Square code that opens the invitation'), place);
    expect(find(place, 'svg').getAttribute('aria-label')).to.equal('Square code that opens the invitation');
    expect(place.querySelector('[style], style')).to.equal(null);
  });

  it('refuses what no QR code can hold', () => {
    expect(() => qrCode('x'.repeat(3_000), 'Too long')).to.throw();
  });
});
