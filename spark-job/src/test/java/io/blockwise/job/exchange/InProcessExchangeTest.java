package io.blockwise.job.exchange;

import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import java.util.List;

class InProcessExchangeTest extends ParameterExchangeContract {
  @Override
  ParameterExchange exchange(String run, List<BlockLedger> ledgers) {
    return new InProcessExchange(ledgers);
  }
}
