// Dragging by a handle with the mouse.
import type { Locator, Page } from '@playwright/test';

/** The half of a row that something is held over. */
export type Half = 'upper' | 'lower';

/** Drags a row by its handle over another one and does not drop it yet. */
export async function holdOver(page: Page, dragged: Locator, target: Locator, half: Half): Promise<void> {
  await dragged.hover();
  const from = (await dragged.locator('.grip').boundingBox())!;
  const to = (await target.boundingBox())!;
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height * (half === 'upper' ? 0.25 : 0.75), { steps: 5 });
}
