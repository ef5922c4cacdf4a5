package org.counterweight.jobs.serve.http;

import java.util.function.Function;

/**
 * One thing that can be asked.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param path as it stands in the address; one that ends in a slash takes one more word, as {@code /edits/3}
 * @param isGuarded whether it changes something, and takes the token
 */
public record Route(String method, String path, boolean isGuarded, Function<Asking, Reply> answer) {
    public static Route get(String path, Function<Asking, Reply> answer) {
        return new Route("GET", path, false, answer);
    }

    public static Route post(String path, Function<Asking, Reply> answer) {
        return new Route("POST", path, false, answer);
    }

    /** One that changes something. */
    public static Route guarded(String method, String path, Function<Asking, Reply> answer) {
        return new Route(method, path, true, answer);
    }

    boolean fits(String asked) {
        return path.equals(asked)
                || (path.length() > 1
                        && path.endsWith("/")
                        && asked.startsWith(path)
                        && asked.indexOf('/', path.length()) < 0
                        && asked.length() > path.length());
    }
}
