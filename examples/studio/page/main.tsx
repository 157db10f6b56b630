/** The page of the Studio: the project of the server that it came from. */
import { remoteProject } from "../client/remoteProject.ts"
import { mount } from "./mount.tsx"

const place = document.getElementById("studio")
if (place !== null) void mount(remoteProject, place)
