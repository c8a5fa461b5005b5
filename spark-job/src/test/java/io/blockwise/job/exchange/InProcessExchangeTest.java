package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.InProcessExchange;
import io.blockwise.model.averaging.ParameterExchange;
import java.util.List;

class InProcessExchangeTest extends ParameterExchangeContract {
  @Override
  ParameterExchange exchange(String run, List<BlockLedger> ledgers) {
    return new InProcessExchange(ledgers);
  }
}
