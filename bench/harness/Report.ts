/** What all suites found, as one object, and as a table for a person. */
import { type Field, fields, isReached, type SuiteName } from "../Fields.ts"
import type { Ended } from "./Children.ts"
import type { FileSystem, Machine } from "./Machine.ts"
import type { Spread } from "./Statistics.ts"
import { type Scale, type Sizes, sizesOf } from "./Suite.ts"

/** What is known at the end of a run. */
export interface Run {
  readonly scale: Scale
  readonly machine: Machine
  readonly fileSystem: FileSystem
  readonly revision: string | undefined
  readonly startedAt: string
  readonly seconds: number
  readonly ended: ReadonlyMap<SuiteName, Ended>
}

/** A figure beside its target. */
interface FieldReport {
  readonly value: number | null
  readonly unit: string
  readonly target: Field["target"]
  readonly reached: boolean | null
  readonly spread?: Spread
  /** Why there is no figure. */
  readonly missing?: string
}

/** One object, as `--json` prints it: each figure also stands by itself under its dotted name, as `commit.vsSqlite`. */
export interface Report {
  readonly figures: Readonly<Record<string, Readonly<Record<string, number | null>>>>
  readonly fields: Readonly<Record<string, FieldReport>>
  readonly details: Readonly<Record<string, unknown>>
  readonly failed: Readonly<Record<string, string>>
  readonly scale: Scale
  readonly sizes: Sizes
  readonly machine: Machine
  readonly fileSystem: FileSystem
  readonly revision: string | null
  readonly startedAt: string
  readonly seconds: number
}

const reportField = (field: Field, ended: Ended | undefined): FieldReport => {
  const { name, target, unit } = field
  const nothing = (missing: string): FieldReport => ({ value: null, unit, target, reached: null, missing })
  if (ended === undefined) return nothing("its suite was not run")
  if (ended._tag === "Failed") return nothing("its suite failed")
  const figure = ended.findings.figures[name]
  if (figure === undefined) return nothing(ended.findings.missing?.[name] ?? "its suite did not measure it")
  const { spread, value } = figure
  return { value, unit, target, reached: isReached(field, value), ...(spread === undefined ? {} : { spread }) }
}

/** Puts together what all suites found. */
export const reportOf = ({ ended, fileSystem, machine, revision, scale, seconds, startedAt }: Run): Report => {
  const reported = fields.map((field): [Field, FieldReport] => [field, reportField(field, ended.get(field.suite))])
  const figures: Record<string, Record<string, number | null>> = {}
  for (const [{ name }, { value }] of reported) {
    const [group = "", figure = ""] = name.split(".")
    figures[group] = { ...figures[group], [figure]: value }
  }
  const all = Array.from(ended)
  return {
    figures,
    fields: Object.fromEntries(reported.map(([{ name }, report]) => [name, report])),
    details: Object.fromEntries(
      all.flatMap(([name, end]) => end._tag === "Found" ? [[name, end.findings.details]] : [])
    ),
    failed: Object.fromEntries(all.flatMap(([name, end]) => end._tag === "Failed" ? [[name, end.message]] : [])),
    scale,
    sizes: sizesOf[scale],
    machine,
    fileSystem,
    revision: revision ?? null,
    startedAt,
    seconds
  }
}

/** The object that `--json` prints. */
export const jsonOf = ({ figures, ...rest }: Report): object => ({ ...figures, ...rest })

const number = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 3 })

const targetText = (target: Field["target"]): string =>
  "most" in target ? `≤ ${number(target.most)}` : `≥ ${number(target.least)}`

const verdict = (reached: boolean | null): string => reached === null ? "—" : reached ? "ok" : "not reached"

const row = (field: Field, { missing, reached, spread, value }: FieldReport): ReadonlyArray<string> => [
  field.name,
  value === null ? "—" : `${number(value)}${field.unit === "" ? "" : ` ${field.unit}`}`,
  targetText(field.target),
  verdict(reached),
  spread === undefined ? missing ?? "" : `${number(spread[0])} … ${number(spread[1])}`
]

const aligned = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? []
  return rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd())
}

/** What suites have to say to a person beside their figures. */
export const linesOf = (ended: Run["ended"]): ReadonlyArray<string> =>
  Array.from(ended.values()).flatMap((end) => end._tag === "Found" ? end.findings.lines ?? [] : [])

/** Everything with a target as a table, what else there is to say, and what it was measured on. */
export const tableOf = (report: Report, lines: ReadonlyArray<string>): string => {
  const { failed, fields: reports, fileSystem, machine, scale, seconds, sizes } = report
  const shown = fields.flatMap((field) => {
    const report = reports[field.name]
    return report === undefined || report.missing === "its suite was not run" ? [] : [row(field, report)]
  })
  const whole = sizesOf.whole
  const instead = Object.keys(whole) as Array<keyof Sizes>
  const smaller = instead.filter((size) => sizes[size] !== whole[size])
  return [
    ...(shown.length === 0 ? [] : aligned([["field", "measured", "target", "", "8 of 10 rounds"], ...shown])),
    ...lines,
    "",
    ...(smaller.length === 0 ? [] : [
      `${scale} form, projects are smaller: ${
        smaller.map((size) => `${number(sizes[size])} assets for ${number(whole[size])}`).join(", ")
      }`
    ]),
    `${fileSystem.type} ${fileSystem.note}${fileSystem.isReference ? "" : " (not the reference file system)"}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}; load before ${machine.loadBefore}`,
    ...Object.entries(failed).map(([name, message]) => `${name} failed: ${message}`),
    `${Math.round(seconds)} s`
  ].join("\n")
}
