// What a script adds to the trash and the history of a list, which work without it: times as the reader
// writes them, and older changes that come to the end of the list instead of another page.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function localize(times) {
    for (const time of times) {
        time.title = time.textContent;
        time.lang = format.resolvedOptions().locale;
        time.textContent = format.format(new Date(time.dateTime));
    }
}

async function loadMore(link) {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    const older = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const rows = [...older.querySelectorAll('.history-list > li')];
    localize(older.querySelectorAll('time'));
    document.querySelector('.history-list').append(...rows);
    const pages = link.closest('.pages');
    pages.before(...older.querySelectorAll('.past-end'));
    link.replaceWith(...older.querySelectorAll('.older'));
    pages.hidden = !pages.childElementCount;
    // Whoever came by keyboard goes on from there.
    rows[0].tabIndex = -1;
    rows[0].focus();
}

localize(document.querySelectorAll('time'));
addEventListener('click', (event) => {
    const link = event.target.closest?.('.older');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    loadMore(link).catch(() => location.assign(link.href));
});
