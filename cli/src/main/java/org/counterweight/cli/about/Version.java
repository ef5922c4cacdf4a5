package org.counterweight.cli.about;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of what is running: ours and LibTorch's, from the build, and Java's. */
public final class Version implements IVersionProvider {
    /** Counterweight's own: {@code 0.1.0}. */
    public static String own() {
        return built("version");
    }

    /** LibTorch's: {@code 2.10.0}. */
    public static String libTorch() {
        return built("libtorch").replaceFirst("-.*", ""); // what follows is JavaCPP's own version
    }

    private static String built(String key) {
        var properties = new Properties();
        try (InputStream in = Objects.requireNonNull(Version.class.getResourceAsStream("version.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Objects.requireNonNull(properties.getProperty(key), key);
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "counterweight " + own(), "libtorch " + libTorch(), "java " + Runtime.version(),
        };
    }
}
