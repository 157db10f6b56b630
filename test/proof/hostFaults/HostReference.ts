/** What a project is after a row of commands on a disk without faults: what one with faults is held against. */
import { Effect, Exit, Scope } from "effect"
import type { Command } from "../../../src/domain/Command.ts"
import { compareText, isInside } from "../../../src/domain/Path.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { root } from "../../support/Session.ts"
import { found } from "../crashes/Expected.ts"
import type { HostWorkload } from "./HostWorkloads.ts"
import { nothingTold, openHost } from "./OpenHost.ts"

/** The folder that holds all assets. */
export const assets = `${root}/assets`

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g

/**
 * Texts in which uuids that were made up are named after where they are first, so that two runs can be compared: also
 * where one of them has something less.
 */
const naming = (known: ReadonlySet<string>) => {
  const names = new Map<string, string>()
  return (path: string, text: string): string => {
    let here = 0
    return text.replace(uuid, (found) => {
      if (known.has(found)) return found
      if (!names.has(found)) names.set(found, `made up, number ${++here} in ${path}`)
      return names.get(found) ?? found
    })
  }
}

const knownIn = (start: SimulatedDisk): ReadonlySet<string> =>
  new Set(start.entries().flatMap(([path]) => path.includes("/runtime/") ? [] : start.text(path)?.match(uuid) ?? []))

const own = ".prometeu"
const isOwn = (path: string): boolean => path === own || isInside(path, own)

/** What can be compared of a project: texts by path or root. */
type Texts = ReadonlyMap<string, string>

/** What is on a disk, without what only the packer itself looks at. */
export interface OnDisk {
  /** What everybody sees. */
  readonly visible: Texts
  /** With the registry, and with what was deleted. */
  readonly whole: Texts
}

/** What can be compared of a project. */
export interface Compared extends OnDisk {
  /** What is shown of each asset. */
  readonly shown: Texts
}

const sorted = (entries: Iterable<readonly [string, string]>): ReadonlyArray<readonly [string, string]> =>
  Array.from(entries).toSorted(([a], [b]) => compareText(a, b))

/** How a workload's projects are compared. */
export const comparing = (start: SimulatedDisk) => {
  const known = knownIn(start)
  const named = (entries: Iterable<readonly [string, string]>): Texts => {
    const name = naming(known)
    return new Map(sorted(entries).map(([path, text]) => [path, name(path, text)]))
  }
  return {
    onDisk: (disk: SimulatedDisk): OnDisk => {
      const { trash, tree } = found(disk, assets)
      const texts = trash.map((folders) => JSON.stringify(folders)).toSorted(compareText)
      const thrown = texts.map((text, index) => [`trash ${index + 1}`, text] as const)
      return {
        visible: named(Array.from(tree).filter(([path]) => !isOwn(path))),
        whole: named([...tree, ...thrown])
      }
    },
    shown: ({ assets, registry }: Snapshot): Texts =>
      named([
        ...Array.from(assets.values(), ({ diagnostics, onDisk, summary }) => {
          const files = onDisk?.paths
          const manifest = onDisk?.reading._tag === "Valid" ? onDisk.reading.manifest : undefined
          const codes = diagnostics.map(({ code }) => code)
          return [summary.root, JSON.stringify([summary, codes, files, manifest])] as const
        }),
        ["the next id", String(registry.nextId)]
      ])
  }
}

/** Where two projects differ, in words. */
export const differences = (is: Texts, expected: Texts): ReadonlyArray<readonly [path: string, text: string]> =>
  [...new Set([...is.keys(), ...expected.keys()])].flatMap((path) => {
    const there = is.get(path) ?? "nothing"
    const wanted = expected.get(path) ?? "nothing"
    return there === wanted ? [] : [[path, `${path} is ${there}, not ${wanted}`] as const]
  })

/** What a project is after a row of commands; each row is carried out once. */
export const references = ({ edit, process, start }: HostWorkload) => {
  const { onDisk, shown } = comparing(start)
  const made = new Map<string, Compared>()
  return Effect.fnUntraced(function*(row: ReadonlyArray<Command>) {
    const key = JSON.stringify(row)
    const before = made.get(key)
    if (before !== undefined) return before
    const disk = start.fork()
    const scope = yield* Scope.make()
    const runtime = yield* openHost({ disk: disk.disk, prefix: "r", process }, nothingTold(), scope)
    if (edit !== undefined) {
      disk.put(edit.path, edit.text)
      yield* runtime.refresh()
    }
    for (const command of row) yield* runtime.execute(command)
    const { snapshot } = yield* runtime.snapshot
    yield* Scope.close(scope, Exit.void)
    const after: Compared = { ...onDisk(disk), shown: shown(snapshot) }
    made.set(key, after)
    return after
  }, Effect.orDie)
}
