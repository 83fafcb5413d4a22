// The tests' settings, but for screenshots.ts.
import config from './playwright.config.ts';

export default { ...config, testDir: '.', testMatch: 'screenshots.ts' };
