/** The project that the server has open, as pages are told of it. */
import { Context } from "effect"

import type { ProjectInfo } from "../shared/ProjectInfo.ts"

/** Which project it is; the opening is known by its runtime. */
export class OpenedProject extends Context.Service<OpenedProject, Omit<ProjectInfo, "openingId" | "projectId">>()(
  "prometeu-packer/examples/studio/OpenedProject"
) {}
