package com.sluice.examples.counter;

import org.apache.flink.api.java.utils.ParameterTool;

/** What the job is told on its command line: {@code --sink DIRECTORY [--sink-uid UID] [--rate NUMBERS_PER_SECOND] [--numbers HOW_MANY]}. */
final class Settings {

    private static final double DEFAULT_RATE = 50;
    private static final String SINK_UID = "files";

    /** Where the output files go: any directory URI that Flink has a file system for, {@code s3://bucket/prefix} say. */
    final String sink;

    /**
     * What the sink's state is found by. A {@code FileSink} keeps the directory it writes to in its state, so a job that
     * begins with the state of another one needs another uid, or it writes on in the other's directory.
     */
    final String sinkUid;

    /** Numbers per second, over all parallel readers; greater than zero. */
    final double ratePerSecond;

    /** How many numbers there are before the job is FINISHED; without {@code --numbers} it never is. */
    final long numbers;

    private Settings(String sink, String sinkUid, double ratePerSecond, long numbers) {
        this.sink = sink;
        this.sinkUid = sinkUid;
        this.ratePerSecond = ratePerSecond;
        this.numbers = numbers;
    }

    static Settings parse(String[] args) {
        ParameterTool given = ParameterTool.fromArgs(args);
        double rate = given.getDouble("rate", DEFAULT_RATE);
        if (!given.has("sink")) {
            throw new IllegalArgumentException("--sink is missing: say where the output goes, e.g. --sink s3://bucket/counter/output");
        }
        if (!(rate > 0)) {
            throw new IllegalArgumentException("--rate must be greater than 0 numbers per second, not " + rate);
        }
        long numbers = given.getLong("numbers", Long.MAX_VALUE);
        if (numbers < 1) {
            throw new IllegalArgumentException("--numbers must be at least 1, not " + numbers);
        }
        return new Settings(given.get("sink"), given.get("sink-uid", SINK_UID), rate, numbers);
    }
}
