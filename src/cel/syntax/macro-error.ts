/** Why a macro cannot be expanded, and where that is told: as a rule an argument that it cannot take. */
export class MacroError {
  readonly message: string
  readonly offset: number

  constructor(message: string, offset: number) {
    this.message = message
    this.offset = offset
  }
}
