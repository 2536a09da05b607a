package com.sluice.examples.counter;

import org.apache.flink.api.java.utils.ParameterTool;

/** What the job is told on its command line: {@code --sink DIRECTORY [--rate NUMBERS_PER_SECOND]}. */
final class Settings {

    private static final double DEFAULT_RATE = 50;

    /** Where the output files go: any directory URI that Flink has a file system for, {@code s3://bucket/prefix} say. */
    final String sink;

    /** Numbers per second, over all parallel readers; greater than zero. */
    final double ratePerSecond;

    private Settings(String sink, double ratePerSecond) {
        this.sink = sink;
        this.ratePerSecond = ratePerSecond;
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
        return new Settings(given.get("sink"), rate);
    }
}
