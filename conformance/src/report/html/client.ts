import type { Report, ReportResult } from '../schema.ts'

/**
 * The page's script: filter, folding, arrow keys, and the exchange behind a cell. It is put into the page by its source
 * text, so it may use nothing from outside of itself but types.
 */
export function client(): void {
  const find = <Kind extends Element>(selector: string, kind: new () => Kind): Kind => {
    const element = document.querySelector(selector)
    if (!(element instanceof kind)) throw new Error(`The page has no ${selector}.`)
    return element
  }
  const all = (selector: string, within: ParentNode = document): HTMLElement[] =>
    [...within.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement)
  const report: Report = JSON.parse(find('#report', HTMLElement).textContent)
  const titles: Record<string, string> = JSON.parse(find('#clauses', HTMLElement).textContent)
  const form = find('form.toolbar', HTMLFormElement)
  const search = find('input[name=text]', HTMLInputElement)
  const doorSelect = find('select[name=door]', HTMLSelectElement)
  const expand = find('button[data-expand]', HTMLButtonElement)
  const detail = find('.detail', HTMLElement)
  const words = { pass: '✓ holds', declared: '○ holds as declared', fail: '✗ fails' }
  const results = new Map(report.results.map((result) => [`${result.case} ${result.door}`, result]))
  const haystacks = new Map(
    report.cases.map(({ id, clauses, bugs }) => [
      id,
      [
        id,
        id.replaceAll('-', ' '),
        ...clauses,
        ...clauses.map((clause) => titles[clause]),
        ...bugs.map((bug) => `bug ${bug}`),
      ]
        .join(' | ')
        .toLowerCase(),
    ]),
  )
  const unfolded = new Set<string>()
  let everything = false

  const isWanted = (testCase: string, outcomes: ReadonlySet<string>): boolean => {
    const words = search.value.trim().toLowerCase()
    if (words !== '') {
      const haystack = haystacks.get(testCase) ?? ''
      // 'S1' shall not find S10.
      const whole = /^([rsce]\d+|bug \d+)$/.test(words)
      if (whole ? !haystack.split(' | ').includes(words) : !haystack.includes(words)) return false
    }
    const shown = report.results.filter(
      ({ case: id, door }) => id === testCase && (doorSelect.value === '' || door === doorSelect.value),
    )
    return shown.some(({ result }) => outcomes.has(result))
  }

  const update = (): void => {
    const outcomes = new Set(
      all('input[name=outcome]').flatMap((box) => (box instanceof HTMLInputElement && box.checked ? [box.value] : [])),
    )
    const filtered = search.value.trim() !== '' || outcomes.size < 3
    const wanted = new Set(report.cases.map(({ id }) => id).filter((id) => isWanted(id, outcomes)))
    const open = new Map<string, number>()
    for (const row of all('tr.case')) {
      const clause = row.dataset['clause'] ?? ''
      const matches = wanted.has(row.dataset['case'] ?? '')
      if (matches) open.set(clause, (open.get(clause) ?? 0) + 1)
      row.hidden = !matches || !(everything || filtered || unfolded.has(clause))
      for (const cell of all('.cell', row)) cell.classList.toggle('muted', !outcomes.has(cell.dataset['outcome'] ?? ''))
    }
    for (const row of all('tr.clause')) {
      const clause = row.dataset['clause'] ?? ''
      row.hidden = !open.has(clause)
      row.querySelector('.fold')?.setAttribute('aria-expanded', String(everything || filtered || unfolded.has(clause)))
    }
    for (const body of all('tbody')) body.hidden = all('tr.clause', body).every((row) => row.hidden)
    for (const cell of all('[data-door]'))
      cell.hidden = doorSelect.value !== '' && cell.dataset['door'] !== doorSelect.value
    find('.nothing', HTMLElement).hidden = wanted.size > 0
    find('form.toolbar output', HTMLElement).textContent = `${wanted.size} of ${report.cases.length} cases`
    expand.setAttribute('aria-pressed', String(everything))
    moveTabStop()
  }

  /** One cell is in the order of the Tab key; arrow keys go to the others. */
  const visibleCells = (): HTMLElement[] => all('table .cell').filter((cell) => cell.offsetParent !== null)
  const moveTabStop = (to?: HTMLElement): void => {
    const cells = visibleCells()
    const stop = to ?? cells.find((cell) => cell.tabIndex === 0) ?? cells[0]
    for (const cell of all('table .cell')) cell.tabIndex = cell === stop ? 0 : -1
  }

  const make = (name: string, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElement => {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    element.append(...children)
    return element
  }

  const show = (result: ReportResult): void => {
    const about = report.cases.find(({ id }) => id === result.case)
    const { exchange, reason } = result
    const block = (title: string, kind: string, content: string): HTMLElement[] => [
      make('h3', {}, title),
      make('pre', { class: kind, tabindex: '0' }, content),
    ]
    const others = report.doors.flatMap(({ id }) => {
      const other = results.get(`${result.case} ${id}`)
      if (!other || other.result === result.result) return []
      const button = make('button', { type: 'button' }, `${words[other.result]}: ${id}`)
      button.addEventListener('click', () => select(other.case, other.door))
      return [make('li', {}, button)]
    })
    const clauses = (about?.clauses ?? []).map((clause) => `${clause} ${titles[clause]}`).join(', ')
    const bugs = about && about.bugs.length > 0 ? `; known bugs ${about.bugs.join(', ')}` : ''
    detail.replaceChildren(
      make('h2', {}, result.case),
      make('p', { class: 'where' }, `${clauses}${bugs}`),
      make(
        'p',
        {},
        make('span', { class: `verdict ${result.result}` }, words[result.result]),
        `at ${result.door}, ${result.ms} ms`,
      ),
      ...(reason === undefined
        ? []
        : block(result.result === 'fail' ? 'Why it fails' : 'What the door declares', 'reason', reason)),
      ...(exchange
        ? [
            ...block('Request', 'request', exchange.request === '' ? '(nothing was sent)' : exchange.request),
            ...block('Expected', 'expected', exchange.expected),
            ...block('Got', `got ${result.result}`, exchange.got === '' ? '(nothing came back)' : exchange.got),
          ]
        : []),
      ...(others.length > 0 ? [make('h3', {}, 'Otherwise at'), make('ul', { class: 'others' }, ...others)] : []),
    )
    detail.scrollTop = 0
  }

  const select = (testCase: string, door: string, clause?: string): void => {
    const result = results.get(`${testCase} ${door}`)
    if (!result) return
    const first = clause ?? report.cases.find(({ id }) => id === testCase)?.clauses[0]
    if (first !== undefined) unfolded.add(first)
    update()
    for (const cell of all('.cell[aria-current]')) cell.removeAttribute('aria-current')
    for (const row of all('tr.case')) {
      if (row.dataset['case'] !== testCase) continue
      const cell = all('td', row)
        .find((candidate) => candidate.dataset['door'] === door)
        ?.querySelector('.cell')
      cell?.setAttribute('aria-current', 'true')
    }
    show(result)
    history.replaceState(undefined, '', `#${encodeURIComponent(testCase)}@${encodeURIComponent(door)}`)
  }

  /** On a narrow screen the exchange stands below the matrix: what was chosen is brought into view. */
  const choose = (testCase: string, door: string, clause?: string): void => {
    select(testCase, door, clause)
    if (detail.getBoundingClientRect().top > innerHeight - 160) detail.scrollIntoView({ block: 'start' })
  }

  const onCell = (cell: HTMLElement): void => {
    const row = cell.closest('tr')
    const door = cell.closest('td')?.dataset['door']
    if (!row || door === undefined) return
    moveTabStop(cell)
    const { clause, case: testCase } = row.dataset
    if (testCase !== undefined) return choose(testCase, door, clause)
    const worst = ['fail', 'declared', 'pass'].flatMap((outcome) =>
      report.cases.filter(
        ({ id, clauses }) =>
          clauses.some((name) => name === clause) && results.get(`${id} ${door}`)?.result === outcome,
      ),
    )[0]
    if (worst) choose(worst.id, door, clause)
  }

  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return
    const cell = event.target.closest('table .cell')
    if (cell instanceof HTMLElement) return onCell(cell)
    if (event.target.closest('[data-reset]')) {
      form.reset()
      return update()
    }
    const fold = event.target.closest('.fold')
    const clause = fold?.closest('tr')?.dataset['clause']
    if (clause === undefined) return
    if (!unfolded.delete(clause)) unfolded.add(clause)
    update()
  })

  find('table', HTMLElement).addEventListener('keydown', (event) => {
    const { target } = event
    if (!(target instanceof HTMLElement) || !target.classList.contains('cell')) return
    const row = target.closest('tr')
    const cells = visibleCells()
    const sameRow = cells.filter((cell) => cell.closest('tr') === row)
    const door = target.closest('td')?.dataset['door']
    const sameDoor = cells.filter((cell) => cell.closest('td')?.dataset['door'] === door)
    const step = (list: HTMLElement[], by: number): HTMLElement | undefined => list[list.indexOf(target) + by]
    const moves: Record<string, HTMLElement | undefined> = {
      ArrowLeft: step(sameRow, -1),
      ArrowRight: step(sameRow, 1),
      ArrowUp: step(sameDoor, -1),
      ArrowDown: step(sameDoor, 1),
      Home: sameRow[0],
      End: sameRow.at(-1),
    }
    const next = moves[event.key]
    if (!next) return
    event.preventDefault()
    moveTabStop(next)
    next.focus()
  })

  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', update)
  expand.addEventListener('click', () => {
    everything = !everything
    update()
  })

  update()
  const [, testCase, door] = /^#(.+)@(.+)$/.exec(location.hash) ?? []
  const failed = report.results.find(({ result }) => result === 'fail')
  if (testCase !== undefined && door !== undefined) select(decodeURIComponent(testCase), decodeURIComponent(door))
  else if (failed) select(failed.case, failed.door)
}
