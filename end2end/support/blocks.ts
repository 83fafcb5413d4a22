// Makes pages look the same on every machine: each letter is drawn as the same block, whatever fonts are installed.
import type { Page } from '@playwright/test';

// A font of our own in WOFF2. It has one block of half an em for all of U+0021 to U+2FFF (a cmap table of format 13), and
// a blank as wide. Ascent 0.9 em, descent 0.3 em.
const FONT =
  'd09GMgABAAAAAAFMAAoAAAAAAtQAAAEGAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAABmAAdAo4QgE2AiQDCAsIAAQgBV0HLhsiAgAuBux2Byri9ew5RTF0TBAuYSH29Vk8/7XXnft26c39OFq3ID3CxijozmM8jA+WvG2qx/sEx3T5JCIaCUHR+QVA85BSk2uA//CXOjkt4OaBURBweDAsTyjAiALD3MZwCLqjVtVto5YJfjM6aQM//ADDauP/tHFOAWq+5jGA0gTbmkXc6gZ0XTBqytC0B6yARwAdAwYEI3xQ+OST4MtFFGhgFoV5LAI6CNL70swKcDjvPLZBEGafPyPX+BNuv/Cz1bVD8l2CpkDoh2dSQYcJAQAkKxzOaLqAAgBAdy8gZhFQ5sxq0hfEspUYZdXBXdvT/6nDWe2+ro/5qh0CABl2tNTMUgE=';

/** Draws all letters as blocks from now on. The page must be open with `bypassCSP`. */
export async function drawBlocks(page: Page): Promise<void> {
  const face = `@font-face { font-family: Blocks; src: url(data:font/woff2;base64,${FONT}) }`;
  await page.addStyleTag({ content: `${face} *, ::before, ::after, ::placeholder { font-family: Blocks !important }` });
  await page.evaluate(() => document.fonts.load('16px Blocks'));
}
