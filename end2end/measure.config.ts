// The tests' settings, but for measure.ts, and with one worker.
import config from './playwright.config.ts';

export default { ...config, testDir: '.', testMatch: 'measure.ts', workers: 1 };
