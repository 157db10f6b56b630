/** Every file of the corpus with the answer it has to get, a short piece of fuzzing, and files of 100 MB. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import { ProjectId } from "../../src/domain/Identity.ts"
import { layer } from "../../src/layers/NodeProject.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { collectingSink } from "../../src/testing/CollectingSink.ts"
import { workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { fuzz, fuzzed } from "../proof/Fuzz.ts"
import { checks } from "../proof/fuzz/Cases.ts"
import { checking } from "../proof/fuzz/Checked.ts"
import { corpus, type CorpusKind, corpusPaths } from "../proof/fuzz/Corpus.ts"
import { diceOf } from "../proof/fuzz/Dice.ts"
import { projectWithFile, projectWithName } from "../proof/fuzz/HostileProject.ts"
import { checkPath } from "../proof/fuzz/PathCheck.ts"
import { shownProject, tryProject } from "../proof/fuzz/ProjectCase.ts"
import { root as rootOf } from "../support/Workspace.ts"

/** The answer that a file has to get, by how its name begins; the longest beginning counts. */
const expected: Readonly<Record<CorpusKind, Readonly<Record<string, RegExp>>>> = {
  manifests: {
    "valid": /^accepted$/,
    "invalid-syntax": /^manifest\/invalid-json$/,
    "invalid-utf8": /^manifest\/invalid-utf8$/,
    "invalid-bom": /^manifest\/byte-order-mark$/,
    "invalid-duplicate": /^manifest\/duplicate-key$/,
    "invalid-conflict": /^manifest\/conflict-markers$/,
    "invalid-deep": /^manifest\/too-deep$/,
    "invalid-shape": /^manifest\/invalid-shape$/,
    "invalid-version": /^manifest\/unknown-version$/
  },
  registries: {
    "valid": /^accepted\+/,
    "doubtful": /^doubtful\+/,
    "invalid-json": /^registry\/invalid-json$/,
    "invalid-markers": /^registry\/conflict-markers$/,
    "invalid-shape": /^registry\/invalid-shape$/,
    "invalid-version": /^registry\/unknown-version$/
  },
  journals: {
    "valid": /^(?:records|empty)/,
    "corrupt": /^fault$/,
    "corrupt-record": /^unknown record$/
  },
  locks: { valid: /^(?:held|released)$/, invalid: /^none$/ }
}

const expectedOf = (kind: CorpusKind, name: string): RegExp | undefined => {
  const beginning = Object.keys(expected[kind]).filter((begin) => name.startsWith(begin)).toSorted().at(-1)
  return beginning === undefined ? undefined : expected[kind][beginning]
}

const kinds: ReadonlyArray<CorpusKind> = ["manifests", "registries", "journals", "locks"]

describe("the corpus", () => {
  for (const kind of kinds) {
    it.each(corpus[kind])(`of ${kind} gets the answer that it has to get: $name`, ({ bytes, name }) => {
      const { answer, problems } = checking(() => checks[kind](diceOf(1), bytes))
      assert.deepStrictEqual(problems, [])
      assert.match(answer, expectedOf(kind, name) ?? /^a name that begins with what is expected$/)
    })
  }

  it("of paths is accepted and refused as it has to be", () => {
    const wrong = Object.entries(corpusPaths).flatMap(([file, paths]) =>
      paths.flatMap((path) => {
        const { answer, problems } = checkPath(path)
        const isRight = (answer === "accepted") === (file === "accepted") && problems.length === 0
        return isRight ? [] : [`${file} ${JSON.stringify(path)}: ${answer}, ${problems.join()}`]
      })
    )
    assert.deepStrictEqual(wrong, [])
  })

  for (const kind of kinds) {
    it.effect(`of ${kind} harms no project`, () =>
      Effect.gen(function*() {
        const answers = new Map<string, number>()
        for (const [index, { bytes, name }] of corpus[kind].entries()) {
          const dice = diceOf(index)
          const made = yield* projectWithFile(dice, kind, { bytes, from: name })
          const { answer, problems } = yield* tryProject(dice, made)
          assert.deepStrictEqual(problems, [], shownProject(made))
          answers.set(answer, (answers.get(answer) ?? 0) + 1)
        }
        assert.isAbove(answers.get("ready") ?? 0, 5)
        if (kind === "registries" || kind === "journals") assert.isAbove(answers.get("read-only") ?? 0, 10)
        if (kind === "locks") assert.isAbove(answers.get("ProjectLocked") ?? 0, 0)
      }))
  }

  it.effect("of paths harms no project", () =>
    Effect.gen(function*() {
      for (const [index, path] of [...corpusPaths.accepted, ...corpusPaths.refused].entries()) {
        const dice = diceOf(index)
        const made = projectWithName(dice, path)
        const { answer, problems } = yield* tryProject(dice, made)
        assert.deepStrictEqual([answer, ...problems], ["ready"], shownProject(made))
      }
    }))
})

describe("a piece of fuzzing", () => {
  it.effect("finds nothing, and meets every kind of answer", () =>
    Effect.gen(function*() {
      const { counts, distinct, violations } = yield* Effect.scoped(fuzz(20))
      assert.deepStrictEqual(violations, [])
      const least = {
        fuzzManifestsAccepted: 50,
        fuzzManifestsRefused: 100,
        fuzzRegistriesAccepted: 50,
        fuzzRegistriesRefused: 100,
        fuzzJournalsAccepted: 50,
        fuzzJournalsRefused: 100,
        fuzzLocksAccepted: 30,
        fuzzLocksRefused: 100,
        fuzzPathsAccepted: 50,
        fuzzPathsRefused: 300,
        fuzzProjectsReady: 15,
        fuzzProjectsReadOnly: 4,
        fuzzCommandsDone: 8,
        fuzzCommandsRefused: 30
      }
      for (const [name, count] of Object.entries(least)) assert.isAtLeast(counts[name] ?? 0, count, name)
      assert.isUndefined(counts["fuzzProjectsOther"])
      const met = new Set(distinct?.["fuzzAnswers"])
      assert.isAbove(met.size, 45)
      for (
        const answer of [
          "manifests manifest/duplicate-key",
          "manifests manifest/too-deep",
          "registries doubtful+merged",
          "registries doubtful+conflict",
          "registries registry/conflict-markers",
          "journals unknown record",
          "journals records",
          "paths reserved-for-packer",
          "project with hostile journals read-only"
        ]
      ) assert.isTrue(met.has(answer), answer)
    }))

  it.effect("is the same for the same seed", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* fuzzed(3, 300, 5), yield* fuzzed(3, 300, 5)]
      assert.deepStrictEqual(one, other)
      assert.notDeepEqual(one.counts, (yield* fuzzed(4, 300, 5)).counts)
    }))
})

describe("files of 100 MB", () => {
  const size = 100 * 1024 * 1024
  /** Everything that the text of a file is, and zeros behind it. */
  const sparse = (path: string, text: string): void => {
    fs.writeFileSync(path, text)
    fs.truncateSync(path, size)
  }

  it.live("in the place of a manifest and of a registry are answered, soon and in little memory", () =>
    Effect.gen(function*() {
      const root = yield* Effect.acquireRelease(
        Effect.sync(() => fs.mkdtempSync(`${os.tmpdir()}/prometeu-packer-`)),
        (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
      )
      for (const [path, content] of Object.entries(workspaceFiles({ large: { id: 1 }, small: { id: 2 } }))) {
        const there = `${root}/${path}`
        fs.mkdirSync(there.slice(0, there.lastIndexOf("/")), { recursive: true })
        fs.writeFileSync(there, content)
      }
      const index = `${root}/assets/.prometeu/index.json`
      const before = { rss: process.memoryUsage().rss, at: performance.now() }
      const codes = Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const { snapshot } = yield* runtime.snapshot
        const { _tag } = yield* runtime.status
        return [
          _tag,
          ...[...snapshot.diagnostics, ...snapshot.assets.get(rootOf("large"))?.diagnostics ?? []].map(({ code }) =>
            code
          )
        ]
      }).pipe(Effect.provide(
        Layer.provide(
          layer({ projectId: ProjectId.make("large"), root: fs.realpathSync.native(root) }),
          collectingSink
        ),
        { local: true }
      ))
      sparse(`${root}/assets/large/asset.json`, "{")
      assert.deepStrictEqual(yield* codes, ["ready", "manifest/too-large"])
      const registries: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
        ["{\"schema_version\":1,\"assets\":[", ["registry/invalid-json"]],
        ["<<<<<<< ours\n{}\n=======\n>>>>>>> theirs\n", ["registry/conflict-markers"]]
      ]
      for (const [text, expected] of registries) {
        sparse(index, text)
        const [status, ...found] = yield* codes
        assert.strictEqual(status, "read-only")
        assert.includeMembers(found, [...expected])
        assert.strictEqual(fs.statSync(index).size, size)
      }
      fs.truncateSync(index, 300 * 1024 * 1024)
      assert.includeMembers([...(yield* codes)], ["read-only", "registry/unreadable"])
      const took = performance.now() - before.at
      const grew = process.memoryUsage().rss - before.rss
      assert.isBelow(took, 30_000)
      assert.isBelow(grew, 1024 * 1024 * 1024)
      process.stdout.write(
        `four openings with files of 100 MB: ${Math.round(took)} ms, ${Math.round(grew / 2 ** 20)} MB\n`
      )
    }))
})
