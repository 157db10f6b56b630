/** Where a project is, and where the packer keeps what in it. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/** Where a project is, and where the packer keeps what in it: absolute paths, with `/` between segments. */
export class ProjectFolder extends Context.Service<ProjectFolder, {
  readonly root: string
  readonly assets: string
  /** The folder of the registry, and of everything else that is the packer's. */
  readonly own: string
  readonly registry: string
  /** What belongs to this machine only: it is never in version control. */
  readonly runtime: string
  readonly lock: string
  readonly journal: string
  /** Files that are about to get their place. */
  readonly stage: string
  readonly trash: string
}>()("prometeu-packer/services/ProjectFolder") {
  /** The places in the project at a path, which has to be absolute. */
  static readonly at = (root: string): ProjectFolder["Service"] => {
    const assets = `${root.replaceAll("\\", "/").replace(/\/+$/, "")}/assets`
    const runtime = `${assets}/.prometeu/runtime`
    return {
      root: assets.slice(0, -"/assets".length) || "/",
      assets,
      own: `${assets}/.prometeu`,
      registry: `${assets}/.prometeu/index.json`,
      runtime,
      lock: `${runtime}/lock`,
      journal: `${runtime}/journal`,
      stage: `${runtime}/stage`,
      trash: `${runtime}/trash`
    }
  }

  /** The project at a path, which has to be absolute. */
  static readonly layer = (root: string): Layer.Layer<ProjectFolder> => Layer.succeed(this, this.at(root))
}
