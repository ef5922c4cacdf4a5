package org.counterweight.data.text.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.counterweight.data.DataException;

/** Tokens in memory, four bytes each: at most 2^31 of them. */
public final class TokenMemory implements TokenStream {
    private final int[] tokens;
    private final List<Domain> domains;
    private final int end;

    private TokenMemory(int[] tokens, List<Domain> domains, int end) {
        this.tokens = tokens;
        this.domains = domains;
        this.end = end;
    }

    @Override
    public List<Domain> domains() {
        return domains;
    }

    @Override
    public int end() {
        return end;
    }

    @Override
    public void copy(long from, long[] to, int at, int count) {
        int begin = Math.toIntExact(from);
        for (int i = 0; i < count; i++) {
            to[at + i] = tokens[begin + i];
        }
    }

    /** Collects documents. */
    public static final class Builder implements TokenSink {
        private final DomainCount domains = new DomainCount();
        private final int end;
        private int[] tokens = new int[1024];
        private int used;

        public Builder(int end) {
            this.end = end;
        }

        @Override
        public void domain(String name) {
            domains.begin(name);
        }

        @Override
        public void document(int... ids) {
            long needed = used + (long) ids.length + 1;
            if (needed > Integer.MAX_VALUE - 8) {
                throw new DataException("more than 2^31 tokens do not fit in memory; name a directory for them"
                        + " (data.shards), or take fewer texts");
            }
            if (needed > tokens.length) {
                tokens = Arrays.copyOf(
                        tokens, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * tokens.length)));
            }
            System.arraycopy(ids, 0, tokens, used, ids.length);
            tokens[used + ids.length] = end;
            used = (int) needed;
            domains.add(ids.length + 1L);
        }

        public TokenMemory build() {
            return new TokenMemory(Arrays.copyOf(tokens, used), domains.all(), end);
        }
    }

    /** Counts tokens domain by domain. */
    static final class DomainCount {
        private final List<Domain> domains = new ArrayList<>();

        void begin(String name) {
            if (domains.stream().anyMatch(known -> known.name().equals(name))) {
                throw new IllegalArgumentException("the documents of \"" + name + "\" stand together");
            }
            domains.add(new Domain(name, total(), 0));
        }

        void add(long count) {
            if (domains.isEmpty()) {
                begin("");
            }
            Domain last = domains.remove(domains.size() - 1);
            domains.add(new Domain(last.name(), last.from(), last.tokens() + count));
        }

        long total() {
            return domains.stream().mapToLong(Domain::tokens).sum();
        }

        List<Domain> all() {
            return List.copyOf(domains);
        }
    }
}
