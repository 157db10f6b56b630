/** The results of the last whole run, kept beside the benchmarks. */
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"

import type { Point } from "../suites/commit.ts"
import { chartOf } from "./Chart.ts"
import { jsonOf, type Report } from "./Report.ts"

const folder = fileURLToPath(new URL("../results", import.meta.url))

/** What the suite of commits says of each contender. */
interface Curves {
  readonly curves: Readonly<Record<"packer" | "writeFileAtomic" | "sqlite", ReadonlyArray<Point>>>
}

/** The growth of the cost of a commit, as a picture. */
const growthChart = ({ curves }: Curves): string => {
  const line = (name: string, points: ReadonlyArray<Point>) => ({
    name,
    points: points.map(({ assets, micros }) => ({ assets, micros: micros.median }))
  })
  return chartOf("One durable change: a registry entry and a manifest, median", [
    line("prometeu-packer", curves.packer),
    line("write-file-atomic twice", curves.writeFileAtomic),
    line("node:sqlite", curves.sqlite)
  ])
}

/** Keeps them. */
export const saveResults = (report: Report): void => {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(`${folder}/latest.json`, `${JSON.stringify(jsonOf(report), undefined, 2)}\n`)
  const commit = report.details["commit"]
  if (commit !== undefined) fs.writeFileSync(`${folder}/growth.svg`, growthChart(commit as Curves))
}
