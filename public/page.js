// What a page does before the program is there, and where there is none: it shows the colours that were chosen in this
// browser before anything is painted, and lets the drawer with the lists be closed by Escape.
const KEY = 'todoapp/scheme';
const root = document.documentElement;

function kept() {
    try {
        return localStorage.getItem(KEY) ?? '';
    } catch {
        return '';
    }
}

function show(scheme) {
    if (scheme === 'light' || scheme === 'dark') root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
    // The browser's own bars: one of the two colours of the head, or each in its scheme.
    for (const colour of document.querySelectorAll('meta[name=theme-color]')) {
        const own = colour.dataset.of ??= colour.media.includes('dark') ? 'dark' : 'light';
        colour.media = root.dataset.scheme ? (own === scheme ? 'all' : 'not all') : `(prefers-color-scheme: ${own})`;
    }
}

function showChoice() {
    for (const choice of document.querySelectorAll('.scheme')) choice.value = root.dataset.scheme ?? '';
}

show(kept());
addEventListener('DOMContentLoaded', showChoice);
addEventListener('storage', ({ key }) => {
    if (key !== KEY) return;
    show(kept());
    showChoice();
});
addEventListener('change', ({ target }) => {
    if (!target.matches?.('.scheme')) return;
    show(target.value);
    try {
        localStorage.setItem(KEY, target.value);
    } catch {
        // It holds for this page.
    }
});
addEventListener('keydown', ({ key, defaultPrevented }) => {
    if (key !== 'Escape' || defaultPrevented || location.hash !== '#lists') return;
    location.hash = '#top';
    document.querySelector('.open-lists').focus();
});
