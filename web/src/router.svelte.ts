// The page's addresses. They are real addresses: they survive a reload, and Back works.
class Place {
  path = $state(location.pathname)
  search = $state(location.search)

  read() {
    this.path = location.pathname
    this.search = location.search
  }

  get query() {
    return new URLSearchParams(this.search)
  }
}

export const place = new Place()

export function go(href: string, replace = false) {
  if (replace) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  const moved = place.path !== location.pathname
  place.read()
  if (moved) {
    scrollTo(0, 0)
    document.getElementById('main')?.focus({ preventScroll: true })
  }
}

/** Follows links within the page without reloading it. */
export function follow(event: MouseEvent) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = (event.target as Element).closest('a')
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  if (/^\/(api|docs|openapi\.json)/.test(link.pathname)) return
  event.preventDefault()
  go(link.pathname + link.search)
}

addEventListener('popstate', () => place.read())
