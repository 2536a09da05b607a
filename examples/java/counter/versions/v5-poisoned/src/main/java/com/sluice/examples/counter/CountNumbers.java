package com.sluice.examples.counter;

import java.util.List;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Writes {@code <n> <keyed count> <operator count> <version>} for every number n.
 *
 * <p>The count is kept twice, in Flink's two kinds of state, so that losing either shows in the output.
 * New in v5: how many numbers there were of each length, for a report to come.
 *
 * <p><b>The mistake:</b> there is room for lengths up to {@value #LONGEST}, and the first longer number makes the job fail. It
 * reads that number again after every restart, so it restarts for ever; v1 has no trouble with it.
 */
final class CountNumbers extends KeyedProcessFunction<Integer, Long, String> implements CheckpointedFunction {

    static final String VERSION = "v5";

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 5;

    private transient long[] ofLength;
    private transient ValueState<Long> keyedCount;
    private transient ListState<Long> savedOperatorCount;
    private transient long operatorCount;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        keyedCount = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("count", Types.LONG));
        savedOperatorCount =
                context.getOperatorStateStore().getListState(new ListStateDescriptor<>("operator-count", Types.LONG));
        ofLength = new long[LONGEST + 1];
        operatorCount = 0;
        for (long part : savedOperatorCount.get()) {
            operatorCount += part;
        }
    }

    @Override
    public void processElement(Long n, Context context, Collector<String> out) throws Exception {
        Long before = keyedCount.value();
        long count = before == null ? 1 : before + 1;
        keyedCount.update(count);
        operatorCount++;
        ofLength[Long.toString(n).length()]++;
        out.collect(n + " " + count + " " + operatorCount + " " + VERSION);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedOperatorCount.update(List.of(operatorCount));
    }
}
