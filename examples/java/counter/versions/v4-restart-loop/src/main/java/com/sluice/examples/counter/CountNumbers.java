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
 * New in v4: the numbers since the start are kept at hand, for a median to come.
 *
 * <p><b>The mistake:</b> the buffer has room for {@value #ROOM} numbers, plenty in a unit test and three seconds of the
 * real stream. Then the job fails, is restarted with an empty buffer, runs well for three seconds, and fails again.
 */
final class CountNumbers extends KeyedProcessFunction<Integer, Long, String> implements CheckpointedFunction {

    static final String VERSION = "v4";

    private static final long serialVersionUID = 1L;

    private static final int ROOM = 150;

    private transient long[] numbersSinceStart;
    private transient int held;
    private transient ValueState<Long> keyedCount;
    private transient ListState<Long> savedOperatorCount;
    private transient long operatorCount;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        keyedCount = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("count", Types.LONG));
        savedOperatorCount =
                context.getOperatorStateStore().getListState(new ListStateDescriptor<>("operator-count", Types.LONG));
        numbersSinceStart = new long[ROOM];
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
        numbersSinceStart[held++] = n;
        out.collect(n + " " + count + " " + operatorCount + " " + VERSION);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedOperatorCount.update(List.of(operatorCount));
    }
}
