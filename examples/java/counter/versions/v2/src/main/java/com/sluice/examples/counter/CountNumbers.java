package com.sluice.examples.counter;

import java.util.List;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Writes {@code <n> <keyed count> <operator count> <version>} for every number n.
 *
 * <p>The count is kept twice, in Flink's two kinds of state, so that losing either shows in the output.
 * New in v2: the count is also a metric, {@code numbersCounted}. State is untouched, so v2 goes on where v1 stopped.
 */
final class CountNumbers extends KeyedProcessFunction<Integer, Long, String> implements CheckpointedFunction {

    static final String VERSION = "v2";

    private static final long serialVersionUID = 1L;

    private transient ValueState<Long> keyedCount;
    private transient ListState<Long> savedOperatorCount;
    private transient volatile long operatorCount; // volatile: metrics are read by another thread

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        keyedCount = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("count", Types.LONG));
        savedOperatorCount =
                context.getOperatorStateStore().getListState(new ListStateDescriptor<>("operator-count", Types.LONG));
        operatorCount = 0;
        for (long part : savedOperatorCount.get()) {
            operatorCount += part;
        }
    }

    @Override
    public void open(OpenContext context) {
        Gauge<Long> counted = () -> operatorCount;
        getRuntimeContext().getMetricGroup().gauge("numbersCounted", counted);
    }

    @Override
    public void processElement(Long n, Context context, Collector<String> out) throws Exception {
        Long before = keyedCount.value();
        long count = before == null ? 1 : before + 1;
        keyedCount.update(count);
        operatorCount = operatorCount + 1; // this thread alone writes it
        out.collect(n + " " + count + " " + operatorCount + " " + VERSION);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedOperatorCount.update(List.of(operatorCount));
    }
}
