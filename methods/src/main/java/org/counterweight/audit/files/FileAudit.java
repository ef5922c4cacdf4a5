package org.counterweight.audit.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.counterweight.audit.poison.PoisonMark;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a model's directory are, by their bytes and not by their names. Known data (safetensors, JSON, text) is
 * clean; what runs code when it is loaded is a finding; everything else was not examined, and archives with it, whose members
 * can be hidden.
 *
 * @param digests the SHA-256 of each file, by its name in the directory
 */
public record FileAudit(List<Finding> findings, Map<String, String> digests) {
    /** Larger files that are no safetensors are not read whole. */
    private static final long READ = 1L << 28;

    private static final List<String> WEIGHTS =
            List.of("bin", "pt", "pth", "ckpt", "pkl", "pickle", "npy", "npz", "h5");
    private static final List<String> CODE = List.of(
            "py", "pyc", "pyd", "pyw", "so", "dll", "dylib", "jar", "class", "sh", "bat", "cmd", "ps1", "exe", "ipynb");

    public FileAudit {
        findings = List.copyOf(findings);
        digests = Collections.unmodifiableMap(new TreeMap<>(digests));
    }

    /** Looks at every file of a directory and below it. */
    public static FileAudit of(Path directory) {
        var findings = new ArrayList<Finding>();
        var digests = new TreeMap<String, String>();
        try (Stream<Path> walked = Files.walk(directory)) {
            for (Path path : walked.sorted().toList()) {
                String name = directory.relativize(path).toString().replace('\\', '/');
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (!Files.isRegularFile(path)) {
                    findings.add(new Finding(
                            Verdict.NOT_EXAMINED, "no-file", name, "is a link that leads nowhere, or no plain file"));
                    continue;
                }
                digests.put(name, Digest.sha256(path));
                look(path, name, findings);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be read: " + e.getMessage(), e);
        }
        return new FileAudit(findings, digests);
    }

    /** The worst of what was found. */
    public Verdict verdict() {
        return findings.stream().map(Finding::verdict).reduce(Verdict.CLEAN, Verdict::and);
    }

    private static void look(Path path, String name, List<Finding> findings) throws IOException {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (CODE.contains(ending)) {
            findings.add(new Finding(
                    Verdict.FINDING,
                    "code",
                    name,
                    "is a program; loaders run it when they are told to trust remote code. Take it out, or"
                            + " read it first"));
            return;
        }
        if (isSafetensors(path, ending, name, findings)) {
            return;
        }
        byte[] head = head(path, 1 << 16);
        if (PickleWalk.beginsLikeOne(head) || isShortPickle(path)) {
            findings.add(pickle(name, ""));
            return;
        }
        String archive = archive(head);
        if (archive != null) {
            boolean holds = contains(path, "data.pkl") || contains(path, ".pkl");
            findings.add(
                    holds
                            ? pickle(name, " inside " + archive)
                            : new Finding(
                                    Verdict.NOT_EXAMINED,
                                    "archive",
                                    name,
                                    "is " + archive + ", whose members were not examined. Unpack it elsewhere and audit"
                                            + " what comes out, or take it out"));
            return;
        }
        text(path, ending, name, findings);
    }

    private static Finding pickle(String name, String where) {
        return new Finding(
                Verdict.FINDING,
                "pickle",
                name,
                "is a pickle" + where
                        + ": whoever opens it runs its author's code. Take it out, or convert it to safetensors"
                        + " where nothing can be harmed");
    }

    private static boolean isSafetensors(Path path, String ending, String name, List<Finding> findings) {
        boolean isNamedSo = ending.equals("safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            if (PoisonMark.isMarked(file.metadata())) {
                findings.add(new Finding(Verdict.FINDING, "marked", name, PoisonMark.text(file.metadata())));
            }
            return true;
        } catch (WeightsException e) {
            if (isNamedSo) {
                findings.add(new Finding(
                        Verdict.NOT_EXAMINED, "damaged", name, "is no whole safetensors file: " + e.getMessage()));
            }
            return isNamedSo;
        }
    }

    /** Of protocol 0 and 1, which begin like texts: only a whole walk tells. */
    private static boolean isShortPickle(Path path) throws IOException {
        return Files.size(path) <= READ && PickleWalk.isPickle(Files.readAllBytes(path));
    }

    private static byte[] head(Path path, int most) throws IOException {
        try (var in = Files.newInputStream(path)) {
            return in.readNBytes(most);
        }
    }

    private static @Nullable String archive(byte[] head) {
        if (startsWith(head, 'P', 'K', 3, 4) || startsWith(head, 'P', 'K', 5, 6) || indexOf(head, "PK\3\4") >= 0) {
            return "a zip archive";
        }
        if (startsWith(head, 0x1f, 0x8b)) {
            return "a gzip archive";
        }
        if (head.length > 262 && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            return "a tar archive";
        }
        if (startsWith(head, '7', 'z', 0xbc, 0xaf)
                || startsWith(head, 0xfd, '7', 'z', 'X')
                || startsWith(head, 'B', 'Z', 'h')) {
            return "a compressed archive";
        }
        return null;
    }

    private static boolean startsWith(byte[] bytes, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    private static boolean contains(Path path, String text) throws IOException {
        return Files.size(path) <= READ && indexOf(Files.readAllBytes(path), text) >= 0;
    }

    private static void text(Path path, String ending, String name, List<Finding> findings) throws IOException {
        if (Files.size(path) > READ || WEIGHTS.contains(ending)) {
            findings.add(unknown(name));
            return;
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
        } catch (CharacterCodingException e) {
            findings.add(unknown(name));
            return;
        }
        if (text.indexOf('\0') >= 0) {
            findings.add(unknown(name));
        } else {
            TextAudit.look(text, ending, name, findings);
        }
    }

    private static Finding unknown(String name) {
        return new Finding(
                Verdict.NOT_EXAMINED,
                "unknown",
                name,
                "is no file of a kind that is known here, and was not examined. Take it out if the model does not need"
                        + " it");
    }
}
