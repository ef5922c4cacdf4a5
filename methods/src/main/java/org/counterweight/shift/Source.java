package org.counterweight.shift;

import java.util.List;
import java.util.function.Consumer;
import org.counterweight.engine.Scope;

/** A table that can be read more than once, and gives the same rows with the same numbers each time. */
public interface Source {
    /** Reads all rows, some at a time. A chunk's tensors live during the call. */
    void read(Consumer<Chunk> sink);

    /** How many rows there are. */
    long rows();

    /** The names of the features. */
    List<String> features();

    /** The names of the outcomes. */
    default List<String> outcomes() {
        return List.of();
    }

    /** What a sum over all rows comes to. */
    default <S, R> R fold(Sums<S, R> sums) {
        var folded = new Folded<>(sums.zero());
        read(chunk -> {
            try (var scope = Scope.open()) {
                folded.sum = sums.add(folded.sum, chunk);
            }
        });
        return sums.result(folded.sum);
    }

    /** A sum under way. */
    final class Folded<S> {
        private S sum;

        private Folded(S sum) {
            this.sum = sum;
        }
    }
}
