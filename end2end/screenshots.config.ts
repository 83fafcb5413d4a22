// The tests' settings, for screenshots.ts instead of the tests.
import config from './playwright.config.ts';

export default { ...config, testDir: '.', testMatch: 'screenshots.ts' };
