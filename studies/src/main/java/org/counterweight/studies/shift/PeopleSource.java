package org.counterweight.studies.shift;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Source;

/** Rows of people as a weigher of tables sees them, all at once. */
record PeopleSource(PeopleTable.Rows people) implements Source {
    /** The rows, numbered from 0. */
    Chunk chunk() {
        return new Chunk(
                LongStream.range(0, people.cells().size()).toArray(),
                people.x(),
                Map.of(
                        Role.LABEL, Tensors.toDoubles(people.cells().spread(1, 1, 0, 0)),
                        Role.GROUP, Tensors.toDoubles(people.cells().spread(1, 0, 1, 0))),
                people.x().narrow(1, 0, 0));
    }

    @Override
    public void read(Consumer<Chunk> sink) {
        sink.accept(chunk());
    }

    @Override
    public long rows() {
        return people.cells().size();
    }

    @Override
    public List<String> features() {
        return LongStream.range(0, people.x().size(1)).mapToObj(i -> "x" + i).toList();
    }
}
