/** A host that is killed has lost nothing that it was told of, and left nothing by halves. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Schema } from "effect"
import * as fs from "node:fs"
import { AssetSummary } from "../../src/domain/Asset.ts"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal, type PackerEvent, RecoveryReport } from "../../src/domain/Event.ts"
import { OperationId, ProjectId } from "../../src/domain/Identity.ts"
import { type Changes, Outcome } from "../../src/domain/Outcome.ts"
import { compareText } from "../../src/domain/Path.ts"
import { functionSink } from "../../src/layers/FunctionSink.ts"
import { layer } from "../../src/layers/NodeProject.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { seeded } from "../support/CrashExplorer.ts"
import { type MortalProcess, mortalProcess, mortalProject } from "../support/MortalProcess.ts"

const seed = Number(process.env["SEED"] ?? 5_507)
const kills = 15
/** Long enough for several commands, and short enough to meet each part of one. */
const longest = 160

const spawnHost = mortalProcess(new URL("../support/hostChild.ts", import.meta.url))

const Line = Schema.Union([
  Schema.TaggedStruct("ready", {}),
  Schema.TaggedStruct("open", { assets: Schema.Array(AssetSummary) }),
  Schema.TaggedStruct("state", { assets: Schema.Array(AssetSummary) }),
  Schema.TaggedStruct("begin", {
    group: Schema.Array(Schema.Struct({ id: OperationId, command: Command })),
    states: Schema.Array(Schema.Array(AssetSummary))
  }),
  Schema.TaggedStruct("event", {
    id: OperationId,
    kind: Schema.Literals(["action_applied", "action_failed"]),
    recovery: Schema.optionalKey(RecoveryReport)
  }),
  Schema.TaggedStruct("done", Outcome.fields)
])
const decodeLine = Schema.decodeUnknownSync(Line)
const lineOf = (text: string): typeof Line.Type => {
  const space = text.indexOf(" ")
  return decodeLine({ ...Object(JSON.parse(text.slice(space + 1))), _tag: text.slice(0, space) })
}

/** A text that is equal for projects that are equal but for what is made up. */
const digest = (assets: ReadonlyArray<AssetSummary>): string =>
  JSON.stringify(
    assets
      .toSorted((a, b) => compareText(a.root, b.root))
      .map((
        { assetId, diverged, includedInBuild, name, registration, root }
      ) => [root, registration, name, assetId, includedInBuild, diverged])
  )

/** All that is on disk, but for the lock and the journal. */
const treeOf = (root: string): string => {
  const { assets } = ProjectFolder.at(root)
  return JSON.stringify(
    fs.readdirSync(assets, { recursive: true, encoding: "utf8" })
      .filter((path) => !/\.prometeu\/runtime\/(lock|journal)/.test(path))
      .toSorted(compareText)
      .map((
        path
      ) => [path, fs.statSync(`${assets}/${path}`).isFile() ? fs.readFileSync(`${assets}/${path}`, "utf8") : 0])
  )
}

/** Opens the project in this process, does something with it, and closes it. */
const reopened = <A, E>(
  root: string,
  body: (runtime: ProjectRuntime["Service"], recovery: RecoveryReport | undefined) => Effect.Effect<A, E>
) =>
  Effect.suspend(() => {
    const events: Array<PackerEvent> = []
    const sink = functionSink((event) => Effect.sync(() => void events.push(event)))
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      // The end of the opening is told before anything that begins later.
      yield* runtime.refreshAsset({ root: "nowhere" }).pipe(Effect.ignore)
      const end = events.find(isTerminal)
      assert.strictEqual(end?.kind, "action_applied")
      return yield* body(runtime, end?.kind === "action_applied" ? end.details.recovery : undefined)
    }).pipe(Effect.provide(layer({ projectId: ProjectId.make("killed"), root }).pipe(Layer.provide(sink)), {
      local: true
    }))
  }).pipe(Effect.provide(Logger.layer([])))

/** What is known of the operations of all hosts. */
interface Known {
  readonly commands: Map<OperationId, Command>
  readonly outcomes: Map<OperationId, Changes>
}

/** What a host said, from one state to the next. */
const follow = (
  host: MortalProcess,
  possible: ReadonlyArray<string>,
  known: Known,
  complain: (problem: string) => void
) => {
  let states = possible
  // What the rest of the commands that were begun will make of it.
  let ahead: Array<{ readonly id: OperationId; readonly state: string }> = []
  const ended = new Set<OperationId>()
  const acknowledge = (id: OperationId) => {
    const at = ahead.findIndex((one) => one.id === id)
    if (at < 0) return
    states = [ahead[at]?.state ?? ""]
    ahead = ahead.slice(at + 1)
  }
  let acknowledged = 0
  for (const text of host.said) {
    if (text.startsWith("failed")) {
      complain(text)
      continue
    }
    const line = lineOf(text)
    switch (line._tag) {
      case "ready":
        break
      case "open":
      case "state":
        if (!states.includes(digest(line.assets))) {
          complain(`${line._tag}: ${digest(line.assets)} is none of ${states.join(" or ")}`)
        }
        if (ahead.length > 0) complain("there is more to come")
        states = [digest(line.assets)]
        break
      case "begin":
        for (const { command, id } of line.group) known.commands.set(id, command)
        ahead = line.group.map(({ id }, part) => ({ id, state: digest(line.states[part] ?? []) }))
        break
      case "event":
        if (ended.has(line.id)) complain(`${line.id} ended twice`)
        ended.add(line.id)
        if (line.kind === "action_failed") complain(`${line.id} failed`)
        // Nobody is told of what a crash can take back.
        acknowledge(line.id)
        break
      case "done":
        if (!ended.has(line.operationId)) complain(`${line.operationId} is done before its end was told`)
        known.outcomes.set(line.operationId, line.changes)
        acknowledged++
        acknowledge(line.operationId)
    }
  }
  return { acknowledged, inFlight: ahead, possible: [...states, ...ahead.map(({ state }) => state)] }
}

describe("a host that is killed", () => {
  it.live(`has lost nothing and done nothing by halves, ${kills} times in a row`, () =>
    Effect.gen(function*() {
      const root = yield* mortalProject
      const random = seeded(seed)
      const violations: Array<string> = []
      const known: Known = { commands: new Map(), outcomes: new Map() }
      let possible = [
        yield* reopened(root, (runtime) => Effect.map(runtime.listAssets(), ({ assets }) => digest(assets)))
      ]
      let [acknowledged, inFlight, finished, retried] = [0, 0, 0, 0]
      const started = performance.now()
      // One waits while the other works: most of the time is the start of a process.
      let next = yield* spawnHost(root, seed)
      for (let round = 0; round < kills; round++) {
        const complain = (problem: string) => void violations.push(`kill ${round} of seed ${seed}: ${problem}`)
        const host = next
        next = yield* spawnHost(root, seed + round + 1)
        yield* Effect.promise(async () => {
          await host.hear("ready")
          host.go()
          // Some are killed while they open the project, and finish what the one before had begun.
          if (round % 4 !== 3) await host.hear("done")
        })
        yield* Effect.sleep(random() * longest)
        yield* Effect.promise(() => host.kill())
        const heard = follow(host, possible, known, complain)
        possible = heard.possible
        acknowledged += heard.acknowledged
        if (heard.inFlight.length > 0) inFlight++
        // Every other time, the next host is the one who finds it.
        if (round % 2 === 1 && round < kills - 1) continue

        const whole = yield* reopened(root, (runtime, recovery) =>
          Effect.gen(function*() {
            const { assets, generation } = yield* runtime.listAssets({ limit: 1000 })
            const found = digest(assets)
            if (!possible.includes(found)) complain(`${found} is there, and none of ${possible.join(" or ")}`)
            // One that changes nothing leaves the state of the one before it.
            const happened = heard.inFlight.filter(({ state }) => state === found).map(({ id }) => id)
            const isTold = recovery?.finished.some(({ operation_id }) => happened.includes(operation_id)) ?? false
            if (possible.length === heard.inFlight.length + 1 && found !== possible[0] && !isTold) {
              complain(`${happened.join(" or ")} happened, and is not told to be recovered`)
            }
            if ((recovery?.diverged.length ?? 0) > 0) complain("an edit that nobody made")
            for (const { changes, operation_id } of recovery?.finished ?? []) {
              finished++
              const command = known.commands.get(operation_id)
              if (command === undefined) continue
              const again = yield* runtime.execute(command, { operationId: operation_id })
              retried++
              assert.deepStrictEqual(again.changes, changes)
              const acknowledged = known.outcomes.get(operation_id)
              if (acknowledged !== undefined) assert.deepStrictEqual(again.changes, acknowledged)
              const other = Command.create({ root: "else/where", name: "else", family: "tile_bank" })
              const conflict = yield* Effect.flip(runtime.execute(other, { operationId: operation_id }))
              assert.strictEqual(conflict._tag, "OperationIdConflict")
            }
            assert.strictEqual((yield* runtime.listAssets()).generation, generation)
            possible = [found]
            return assets
          }))
        const tree = treeOf(root)
        yield* reopened(root, (runtime, recovery) =>
          Effect.gen(function*() {
            assert.isUndefined(recovery)
            assert.deepStrictEqual((yield* runtime.listAssets({ limit: 1000 })).assets, whole)
            yield* runtime.refresh()
            assert.deepStrictEqual((yield* runtime.listAssets({ limit: 1000 })).assets, whole)
          }))
        assert.strictEqual(treeOf(root), tree)
        assert.deepStrictEqual(fs.readdirSync(ProjectFolder.at(root).stage), [])
      }
      process.stdout.write(
        `${kills} kills of a host, ${acknowledged} acknowledged commands, ${inFlight} kills in the middle of some; ` +
          `${finished} finished by recovery, ${retried} of them asked for again; ${violations.length} violations; ` +
          `${Math.round(performance.now() - started)} ms; seed ${seed}\n`
      )
      assert.deepStrictEqual(violations, [])
      assert.isAtLeast(acknowledged, kills)
      assert.isAtLeast(inFlight, 1)
    }))
})
