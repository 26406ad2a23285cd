"""The works on which the report stands: the facts of each, in one place (report/references/bibliography.py writes them out).

A page cites a work by its key; a work that no page cites, and a citation without a work, fail a test.
"""

import dataclasses

ICLR = "International Conference on Learning Representations (ICLR)"
ICML = "International Conference on Machine Learning (ICML)"
NEURIPS = "Advances in Neural Information Processing Systems"


@dataclasses.dataclass(frozen=True)
class Work:
    """A work as its authors published it.

    authors: "Family, Given", in order. within: the journal, proceedings or series; '' for a preprint or book. kind: the
    type of its BibTeX entry. pages: "53–65". doi, arxiv: identifiers, without an address; url: where it has neither.
    """

    key: str
    authors: tuple[str, ...]
    title: str
    year: int
    kind: str = "inproceedings"
    within: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    arxiv: str = ""
    url: str = ""


WORKS: tuple[Work, ...] = (
    Work(
        "alain2016", ("Alain, Guillaume", "Bengio, Yoshua"),
        "Understanding intermediate layers using linear classifier probes", 2016, "misc", arxiv="1610.01644",
    ),
    Work(
        "alemi2018",
        ("Alemi, Alexander A.", "Poole, Ben", "Fischer, Ian", "Dillon, Joshua V.", "Saurous, Rif A.", "Murphy, Kevin"),
        "Fixing a Broken ELBO", 2018, within=ICML, pages="159–168", arxiv="1711.00464",
    ),
    Work(
        "banerjee1960", ("Banerjee, S. K.",),
        "Approximate confidence interval for linear functions of means of k populations when the population variances "
        "are not equal",
        1960, "article", "Sankhyā", "22", pages="357–358",
    ),
    Work(
        "bjorck1973", ("Björck, Åke", "Golub, Gene H."),
        "Numerical methods for computing angles between linear subspaces", 1973, "article", "Mathematics of Computation",
        "27", "123", "579–594", doi="10.1090/S0025-5718-1973-0348991-3",
    ),
    Work(
        "bowman2016",
        ("Bowman, Samuel R.", "Vilnis, Luke", "Vinyals, Oriol", "Dai, Andrew M.", "Jozefowicz, Rafal", "Bengio, Samy"),
        "Generating Sentences from a Continuous Space", 2016,
        within="SIGNLL Conference on Computational Natural Language Learning (CoNLL)", pages="10–21",
        doi="10.18653/v1/K16-1002", arxiv="1511.06349",
    ),
    Work(
        "burda2016", ("Burda, Yuri", "Grosse, Roger", "Salakhutdinov, Ruslan"),
        "Importance Weighted Autoencoders", 2016, within=ICLR, arxiv="1509.00519",
    ),
    Work(
        "davies1979", ("Davies, David L.", "Bouldin, Donald W."), "A Cluster Separation Measure", 1979, "article",
        "IEEE Transactions on Pattern Analysis and Machine Intelligence", "PAMI-1", "2", "224–227",
        doi="10.1109/TPAMI.1979.4766909",
    ),
    Work(
        "dowson1982", ("Dowson, D. C.", "Landau, B. V."),
        "The Fréchet distance between multivariate normal distributions", 1982, "article",
        "Journal of Multivariate Analysis", "12", "3", "450–455", doi="10.1016/0047-259X(82)90077-X",
    ),
    Work(
        "fisher1936", ("Fisher, R. A.",), "The use of multiple measurements in taxonomic problems", 1936, "article",
        "Annals of Eugenics", "7", "2", "179–188", doi="10.1111/j.1469-1809.1936.tb02137.x",
    ),
    Work(
        "gower1975", ("Gower, J. C.",), "Generalized Procrustes Analysis", 1975, "article", "Psychometrika", "40", "1",
        "33–51", doi="10.1007/BF02291478",
    ),
    Work(
        "heusel2017",
        ("Heusel, Martin", "Ramsauer, Hubert", "Unterthiner, Thomas", "Nessler, Bernhard", "Hochreiter, Sepp"),
        "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", 2017, within=NEURIPS,
        volume="30", arxiv="1706.08500",
    ),
    Work(
        "higgins2017",
        ("Higgins, Irina", "Matthey, Loic", "Pal, Arka", "Burgess, Christopher", "Glorot, Xavier", "Botvinick, Matthew",
         "Mohamed, Shakir", "Lerchner, Alexander"),
        "beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework", 2017, within=ICLR,
        url="https://openreview.net/forum?id=Sy2fzU9gl",
    ),
    Work(
        "hoffman2016", ("Hoffman, Matthew D.", "Johnson, Matthew J."),
        "ELBO surgery: yet another way to carve up the variational evidence lower bound", 2016,
        within="NIPS Workshop in Advances in Approximate Bayesian Inference",
        url="http://approximateinference.org/accepted/HoffmanJohnson2016.pdf",
    ),
    Work(
        "holm1979", ("Holm, Sture",), "A Simple Sequentially Rejective Multiple Test Procedure", 1979, "article",
        "Scandinavian Journal of Statistics", "6", "2", "65–70", url="https://www.jstor.org/stable/4615733",
    ),
    Work(
        "kaski2003",
        ("Kaski, Samuel", "Nikkilä, Janne", "Oja, Merja", "Venna, Jarkko", "Törönen, Petri", "Castrén, Eero"),
        "Trustworthiness and metrics in visualizing similarity of gene expression", 2003, "article",
        "BMC Bioinformatics", "4", pages="48", doi="10.1186/1471-2105-4-48",
    ),
    Work(
        "kingma2014", ("Kingma, Diederik P.", "Welling, Max"), "Auto-Encoding Variational Bayes", 2014, within=ICLR,
        arxiv="1312.6114",
    ),
    Work(
        "kingma2015", ("Kingma, Diederik P.", "Ba, Jimmy"), "Adam: A Method for Stochastic Optimization", 2015,
        within=ICLR, arxiv="1412.6980",
    ),
    Work(
        "kingma2016",
        ("Kingma, Diederik P.", "Salimans, Tim", "Jozefowicz, Rafal", "Chen, Xi", "Sutskever, Ilya", "Welling, Max"),
        "Improved Variational Inference with Inverse Autoregressive Flow", 2016, within=NEURIPS, volume="29",
        arxiv="1606.04934",
    ),
    Work(
        "kynkaanniemi2019",
        ("Kynkäänniemi, Tuomas", "Karras, Tero", "Laine, Samuli", "Lehtinen, Jaakko", "Aila, Timo"),
        "Improved Precision and Recall Metric for Assessing Generative Models", 2019, within=NEURIPS, volume="32",
        arxiv="1904.06991",
    ),
    Work(
        "loaizaganem2019", ("Loaiza-Ganem, Gabriel", "Cunningham, John P."),
        "The continuous Bernoulli: fixing a pervasive error in variational autoencoders", 2019, within=NEURIPS,
        volume="32", arxiv="1907.06845",
    ),
    Work(
        "naeem2020",
        ("Naeem, Muhammad Ferjad", "Oh, Seong Joon", "Uh, Youngjung", "Choi, Yunjey", "Yoo, Jaejun"),
        "Reliable Fidelity and Diversity Metrics for Generative Models", 2020, within=ICML, pages="7176–7185",
        arxiv="2002.09797",
    ),
    Work(
        "norouzi2020", ("Norouzi, Sajad", "Fleet, David J.", "Norouzi, Mohammad"),
        "Exemplar VAE: Linking Generative Models, Nearest Neighbor Retrieval, and Data Augmentation", 2020, within=NEURIPS,
        volume="33", arxiv="2004.04795",
    ),
    Work(
        "oord2017", ("van den Oord, Aaron", "Vinyals, Oriol", "Kavukcuoglu, Koray"),
        "Neural Discrete Representation Learning", 2017, within=NEURIPS, volume="30", arxiv="1711.00937",
    ),
    Work(
        "owen2007", ("Owen, Art B.",), "The pigeonhole bootstrap", 2007, "article", "The Annals of Applied Statistics",
        "1", "2", "386–411", doi="10.1214/07-AOAS122", arxiv="0712.1111",
    ),
    Work(
        "pertuz2013", ("Pertuz, Said", "Puig, Domenec", "Garcia, Miguel Angel"),
        "Analysis of focus measure operators for shape-from-focus", 2013, "article", "Pattern Recognition", "46", "5",
        "1415–1432", doi="10.1016/j.patcog.2012.11.011",
    ),
    Work(
        "rezende2014", ("Rezende, Danilo Jimenez", "Mohamed, Shakir", "Wierstra, Daan"),
        "Stochastic Backpropagation and Approximate Inference in Deep Generative Models", 2014, within=ICML,
        arxiv="1401.4082",
    ),
    Work(
        "rolinek2019", ("Rolínek, Michal", "Zietlow, Dominik", "Martius, Georg"),
        "Variational Autoencoders Pursue PCA Directions (by Accident)", 2019,
        within="IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)", pages="12406–12415",
        doi="10.1109/CVPR.2019.01269", arxiv="1812.06775",
    ),
    Work(
        "rosca2018", ("Rosca, Mihaela", "Lakshminarayanan, Balaji", "Mohamed, Shakir"),
        "Distribution Matching in Variational Inference", 2018, "misc", arxiv="1802.06847",
    ),
    Work(
        "rousseeuw1987", ("Rousseeuw, Peter J.",),
        "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", 1987, "article",
        "Journal of Computational and Applied Mathematics", "20", pages="53–65", doi="10.1016/0377-0427(87)90125-7",
    ),
    Work(
        "satterthwaite1946", ("Satterthwaite, F. E.",),
        "An Approximate Distribution of Estimates of Variance Components", 1946, "article", "Biometrics Bulletin", "2",
        "6", "110–114", doi="10.2307/3002019",
    ),
    Work(
        "sohn2015", ("Sohn, Kihyuk", "Lee, Honglak", "Yan, Xinchen"),
        "Learning Structured Output Representation using Deep Conditional Generative Models", 2015, within=NEURIPS,
        volume="28", pages="3483–3491",
        url="https://papers.nips.cc/paper_files/paper/2015/hash/8d55a249e6baa5c06772297520da2051-Abstract.html",
    ),
    Work(
        "sonderby2016",
        ("Sønderby, Casper Kaae", "Raiko, Tapani", "Maaløe, Lars", "Sønderby, Søren Kaae", "Winther, Ole"),
        "Ladder Variational Autoencoders", 2016, within=NEURIPS, volume="29", arxiv="1602.02282",
    ),
    Work(
        "maaten2008", ("van der Maaten, Laurens", "Hinton, Geoffrey"), "Visualizing Data using t-SNE", 2008, "article",
        "Journal of Machine Learning Research", "9", pages="2579–2605",
        url="https://jmlr.org/papers/v9/vandermaaten08a.html",
    ),
    Work(
        "venna2001", ("Venna, Jarkko", "Kaski, Samuel"),
        "Neighborhood Preservation in Nonlinear Projection Methods: An Experimental Study", 2001,
        within="Artificial Neural Networks — ICANN", volume="2130", pages="485–491", publisher="Springer",
        doi="10.1007/3-540-44668-0_68",
    ),
    Work(
        "wang2004", ("Wang, Zhou", "Bovik, Alan C.", "Sheikh, Hamid R.", "Simoncelli, Eero P."),
        "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, "article",
        "IEEE Transactions on Image Processing", "13", "4", "600–612", doi="10.1109/TIP.2003.819861",
    ),
    Work(
        "xiao2017", ("Xiao, Han", "Rasul, Kashif", "Vollgraf, Roland"),
        "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017, "misc",
        arxiv="1708.07747",
    ),
)  # fmt: skip
