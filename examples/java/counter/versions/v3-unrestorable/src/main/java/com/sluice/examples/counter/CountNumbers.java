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
 * New in v3: the keyed state also remembers the last number.
 *
 * <p><b>The mistake:</b> the state "count" was a Long and is now a {@link Tally}, under its old name. Flink has no way
 * from one to the other, so no savepoint of v1 or v2 can be restored; a start without state, as in every unit test and
 * every fresh development cluster, works. Right would have been a second state beside the first.
 */
public final class CountNumbers extends KeyedProcessFunction<Integer, Long, String> implements CheckpointedFunction {

    static final String VERSION = "v3";

    private static final long serialVersionUID = 1L;

    private transient ValueState<Tally> tally;
    private transient ListState<Long> savedOperatorCount;
    private transient long operatorCount;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        tally = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("count", Types.POJO(Tally.class)));
        savedOperatorCount =
                context.getOperatorStateStore().getListState(new ListStateDescriptor<>("operator-count", Types.LONG));
        operatorCount = 0;
        for (long part : savedOperatorCount.get()) {
            operatorCount += part;
        }
    }

    @Override
    public void processElement(Long n, Context context, Collector<String> out) throws Exception {
        Tally now = tally.value() == null ? new Tally() : tally.value();
        now.count++;
        now.last = n;
        tally.update(now);
        operatorCount++;
        out.collect(n + " " + now.count + " " + operatorCount + " " + VERSION);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedOperatorCount.update(List.of(operatorCount));
    }

    /** What is remembered of a key: how many numbers, and the last one. */
    public static final class Tally {
        public long count;
        public long last;
    }
}
