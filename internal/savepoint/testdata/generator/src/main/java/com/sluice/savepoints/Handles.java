package com.sluice.savepoints;

import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.changelog.ChangelogStateBackendHandle;
import org.apache.flink.runtime.state.changelog.ChangelogStateHandleStreamImpl;
import org.apache.flink.runtime.state.changelog.inmemory.InMemoryChangelogStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

import java.util.ArrayList;
import java.util.List;

/** The handles of a subtask, flat. */
final class Handles {
    private final List<Object> all = new ArrayList<>();
    private String part;

    private Handles() {}

    static List<Object> of(OperatorSubtaskState state) {
        Handles h = new Handles();
        h.part = "managed operator";
        state.getManagedOperatorState().forEach(h::operator);
        h.part = "raw operator";
        state.getRawOperatorState().forEach(h::operator);
        h.part = "managed keyed";
        state.getManagedKeyedState().forEach(h::keyed);
        h.part = "raw keyed";
        state.getRawKeyedState().forEach(h::keyed);
        h.part = "input channels";
        ((Iterable<?>) state.getInputChannelState()).forEach(h::channel);
        h.part = "output channels";
        ((Iterable<?>) state.getResultSubpartitionState()).forEach(h::channel);
        return h.all;
    }

    private void operator(OperatorStateHandle handle) {
        stream("operator state", null, handle.getDelegateStateHandle());
    }

    private void keyed(KeyedStateHandle handle) {
        KeyGroupRange range = handle.getKeyGroupRange();
        if (handle instanceof KeyGroupsStateHandle) {
            stream(handle instanceof KeyGroupsSavepointStateHandle ? "savepoint key groups" : "key groups", range,
                    ((KeyGroupsStateHandle) handle).getDelegateStateHandle());
        } else if (handle instanceof IncrementalRemoteKeyedStateHandle) {
            IncrementalRemoteKeyedStateHandle incremental = (IncrementalRemoteKeyedStateHandle) handle;
            stream("incremental metadata", range, (StreamStateHandle) call(handle, "getMetaDataStateHandle", "getMetaStateHandle"));
            for (HandleAndLocalPath file : incremental.getSharedState()) {
                stream("incremental shared", range, file.getHandle());
            }
            for (HandleAndLocalPath file : incremental.getPrivateState()) {
                stream("incremental private", range, file.getHandle());
            }
        } else if (handle instanceof ChangelogStateBackendHandle) {
            ((ChangelogStateBackendHandle) handle).getMaterializedStateHandles().forEach(this::keyed);
            ((ChangelogStateBackendHandle) handle).getNonMaterializedStateHandles().forEach(this::keyed);
        } else if (handle instanceof ChangelogStateHandleStreamImpl) {
            ((ChangelogStateHandleStreamImpl) handle).getHandlesAndOffsets().forEach(t -> stream("changelog file", range, t.f0));
        } else if (handle instanceof InMemoryChangelogStateHandle) {
            add("changelog in memory", range, "inline", null, 0, handle.getStateSize());
        } else {
            throw new IllegalArgumentException("unknown keyed state: " + handle.getClass());
        }
    }

    private void channel(Object handle) {
        stream("channel state", null, (StreamStateHandle) call(handle, "getDelegate"));
    }

    /** Calls the first of the methods that this Flink has. */
    private static Object call(Object on, String... methods) {
        for (String method : methods) {
            try {
                return on.getClass().getMethod(method).invoke(on);
            } catch (NoSuchMethodException e) {
                continue;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new IllegalStateException(on.getClass() + " has none of " + List.of(methods));
    }

    private void stream(String kind, KeyGroupRange range, StreamStateHandle handle) {
        switch (handle.getClass().getSimpleName()) {
            case "EmptySegmentFileStateHandle":
                return;
            case "SegmentFileStateHandle":
                add(kind, range, "segment", call(handle, "getFilePath").toString(), (long) call(handle, "getStartPos"), handle.getStateSize());
                return;
            default:
        }
        if (handle instanceof RelativeFileStateHandle) {
            add(kind, range, "relative", ((RelativeFileStateHandle) handle).getRelativePath(), 0, handle.getStateSize());
        } else if (handle instanceof FileStateHandle) {
            add(kind, range, "absolute", ((FileStateHandle) handle).getFilePath().toString(), 0, handle.getStateSize());
        } else if (handle instanceof ByteStreamStateHandle) {
            add(kind, range, "inline", null, 0, handle.getStateSize());
        } else if (handle instanceof KeyGroupsStateHandle) {
            stream(kind, range, ((KeyGroupsStateHandle) handle).getDelegateStateHandle());
        } else {
            throw new IllegalArgumentException("unknown bytes: " + handle.getClass());
        }
    }

    private void add(String kind, KeyGroupRange range, String place, String file, long from, long size) {
        boolean keyed = range != null;
        all.add(Json.object("part", part, "kind", kind,
                "firstKeyGroup", keyed ? range.getStartKeyGroup() : 0, "keyGroups", keyed ? range.getNumberOfKeyGroups() : 0,
                "place", place, "file", file, "from", from, "size", size));
    }
}
