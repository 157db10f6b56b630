import { runtimeContract } from "../../contracts/Runtime.ts"
import { fromAfar } from "../../support/Afar.ts"

runtimeContract("A project behind the server of a Studio", fromAfar, "asks")
