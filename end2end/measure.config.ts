// The tests' settings, for measure.ts instead of the tests, one at a time.
import config from './playwright.config.ts';

export default { ...config, testDir: '.', testMatch: 'measure.ts', workers: 1 };
