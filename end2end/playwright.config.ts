import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

/** The browser that CHROMIUM names, or the first one on the PATH, so that Playwright's own need not be downloaded. */
function chromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error('There is no Chromium on the PATH. Install one, or name it: CHROMIUM=/path/to/chromium');
}

// No webServer: the tests start, kill and restart their own servers, from the binary in TODOAPP_BIN.
export default defineConfig({
  testDir: 'tests',
  timeout: 30_000,
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  fullyParallel: true,
  workers: 2,
  // A test that fails once and then passes has found a bug.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        screenshot: 'only-on-failure',
        // Only where it is tested: else each page would be loaded twice.
        serviceWorkers: 'block',
        launchOptions: {
          executablePath: chromium(),
          args: [
            // The browser opens only our own pages, and as root in a container it can't use its sandbox.
            '--no-sandbox',
            // It must not use the internet.
            '--disable-quic',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--no-first-run',
          ],
        },
      },
    },
  ],
});
