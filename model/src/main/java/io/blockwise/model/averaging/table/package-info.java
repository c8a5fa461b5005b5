/**
 * A table among a block's parameters, such as an embedding, of which a step changes only some rows:
 * {@link io.blockwise.model.averaging.table.RowTable} is one version of it and knows when each row
 * was changed last, {@link io.blockwise.model.averaging.table.TableShape} where it is among the
 * parameters, {@link io.blockwise.model.averaging.table.RowNumbers} says which rows a push or a
 * reply carries. Arithmetic on rows alone; it knows no ledger, worker or lease. The reasons are in
 * {@code docs/adr/0038-rows-of-tables.md}.
 */
package io.blockwise.model.averaging.table;
