// Starts the worker that keeps pages for when there is no network, and tells it the board of a page that is left.
// Browsers have no workers on plain http, except from this machine.
const workers = navigator.serviceWorker;

workers?.register('/sw.js').catch((error) => console.info('No pages are kept:', error.message));
document.addEventListener('keep-board', ({ detail }) => workers?.controller?.postMessage(detail));
