/** What was judged beyond refinement. */
export class Tally {
  /** Sequences judged, by property id. */
  readonly sequences = new Map<string, number>();
  /** Moments in which a property had something to judge, by the names of the clauses that it judges. */
  readonly witnessed = new Map<string, number>();

  judged(property: string): void {
    this.sequences.set(property, (this.sequences.get(property) ?? 0) + 1);
  }

  witness(clauses: readonly string[], moments: number): void {
    for (const clause of clauses) this.witnessed.set(clause, (this.witnessed.get(clause) ?? 0) + moments);
  }
}
