r"""Every command of mathematics that a page may use, written by hand in its two forms: as text, and as MathML.

A line holds a formula, its text, and what is in the `<mrow>` of its MathML; `⏎` is the end of a row.
"""

TABLE = r"""
\alpha | α | <mi>α</mi>
\beta | β | <mi>β</mi>
\gamma | γ | <mi>γ</mi>
\delta | δ | <mi>δ</mi>
\epsilon | ε | <mi>ϵ</mi>
\varepsilon | ε | <mi>ε</mi>
\zeta | ζ | <mi>ζ</mi>
\eta | η | <mi>η</mi>
\theta | θ | <mi>θ</mi>
\kappa | κ | <mi>κ</mi>
\lambda | λ | <mi>λ</mi>
\mu | μ | <mi>μ</mi>
\nu | ν | <mi>ν</mi>
\xi | ξ | <mi>ξ</mi>
\pi | π | <mi>π</mi>
\rho | ρ | <mi>ρ</mi>
\sigma | σ | <mi>σ</mi>
\tau | τ | <mi>τ</mi>
\phi | φ | <mi>ϕ</mi>
\varphi | φ | <mi>φ</mi>
\chi | χ | <mi>χ</mi>
\psi | ψ | <mi>ψ</mi>
\omega | ω | <mi>ω</mi>
\Gamma | Γ | <mi>Γ</mi>
\Delta | Δ | <mi>Δ</mi>
\Theta | Θ | <mi>Θ</mi>
\Lambda | Λ | <mi>Λ</mi>
\Sigma | Σ | <mi>Σ</mi>
\Phi | Φ | <mi>Φ</mi>
\Psi | Ψ | <mi>Ψ</mi>
\Omega | Ω | <mi>Ω</mi>
a \cdot b | a · b | <mi>a</mi><mo>·</mo><mi>b</mi>
a \times b | a × b | <mi>a</mi><mo>×</mo><mi>b</mi>
a \odot b | a ⊙ b | <mi>a</mi><mo>⊙</mo><mi>b</mi>
a \circ b | a ∘ b | <mi>a</mi><mo>∘</mo><mi>b</mi>
a \pm b | a ± b | <mi>a</mi><mo>±</mo><mi>b</mi>
a \mp b | a ∓ b | <mi>a</mi><mo>∓</mo><mi>b</mi>
a \div b | a ÷ b | <mi>a</mi><mo>÷</mo><mi>b</mi>
a \le b | a ≤ b | <mi>a</mi><mo>≤</mo><mi>b</mi>
a \leq b | a ≤ b | <mi>a</mi><mo>≤</mo><mi>b</mi>
a \ge b | a ≥ b | <mi>a</mi><mo>≥</mo><mi>b</mi>
a \geq b | a ≥ b | <mi>a</mi><mo>≥</mo><mi>b</mi>
a \neq b | a ≠ b | <mi>a</mi><mo>≠</mo><mi>b</mi>
a \ne b | a ≠ b | <mi>a</mi><mo>≠</mo><mi>b</mi>
a \approx b | a ≈ b | <mi>a</mi><mo>≈</mo><mi>b</mi>
a \sim b | a ~ b | <mi>a</mi><mo>~</mo><mi>b</mi>
a \propto b | a ∝ b | <mi>a</mi><mo>∝</mo><mi>b</mi>
a \equiv b | a ≡ b | <mi>a</mi><mo>≡</mo><mi>b</mi>
a \ll b | a ≪ b | <mi>a</mi><mo>≪</mo><mi>b</mi>
a \gg b | a ≫ b | <mi>a</mi><mo>≫</mo><mi>b</mi>
a \to b | a → b | <mi>a</mi><mo>→</mo><mi>b</mi>
a \rightarrow b | a → b | <mi>a</mi><mo>→</mo><mi>b</mi>
a \leftarrow b | a ← b | <mi>a</mi><mo>←</mo><mi>b</mi>
a \Rightarrow b | a ⇒ b | <mi>a</mi><mo>⇒</mo><mi>b</mi>
a \mapsto b | a ↦ b | <mi>a</mi><mo>↦</mo><mi>b</mi>
a \in b | a ∈ b | <mi>a</mi><mo>∈</mo><mi>b</mi>
a \notin b | a ∉ b | <mi>a</mi><mo>∉</mo><mi>b</mi>
a \subset b | a ⊂ b | <mi>a</mi><mo>⊂</mo><mi>b</mi>
a \cup b | a ∪ b | <mi>a</mi><mo>∪</mo><mi>b</mi>
a \cap b | a ∩ b | <mi>a</mi><mo>∩</mo><mi>b</mi>
a \wedge b | a ∧ b | <mi>a</mi><mo>∧</mo><mi>b</mi>
a \vee b | a ∨ b | <mi>a</mi><mo>∨</mo><mi>b</mi>
a \oplus b | a ⊕ b | <mi>a</mi><mo>⊕</mo><mi>b</mi>
\neg a | ¬a | <mo stretchy="false">¬</mo><mi>a</mi>
-\infty | -∞ | <mo>−</mo><mo>∞</mo>
\partial f | ∂f | <mo>∂</mo><mi>f</mi>
\nabla f | ∇f | <mo>∇</mo><mi>f</mi>
\sum_{i=1}^n x_i | Σᵢ₌₁ⁿ xᵢ | <msubsup><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></msubsup><msub><mi>x</mi><mi>i</mi></msub>
\prod_i p_i | ∏ᵢ pᵢ | <msub><mo>∏</mo><mi>i</mi></msub><msub><mi>p</mi><mi>i</mi></msub>
\int f | ∫f | <mo>∫</mo><mi>f</mi>
\sum\limits_i x | Σᵢ x | <munder><mo>∑</mo><mi>i</mi></munder><mi>x</mi>
\forall x | ∀x | <mo>∀</mo><mi>x</mi>
\exists x | ∃x | <mo>∃</mo><mi>x</mi>
W^\top | Wᵀ | <msup><mi>W</mi><mo>⊤</mo></msup>
P(y \mid x) | P(y | x) | <mi>P</mi><mo stretchy="false">(</mo><mi>y</mi><mo>∣</mo><mi>x</mi><mo stretchy="false">)</mo>
\vert x \vert | |x| | <mo stretchy="false">|</mo><mi>x</mi><mo stretchy="false">|</mo>
\lVert w \rVert | ‖w‖ | <mo>‖</mo><mi>w</mi><mo>‖</mo>
\Vert w \Vert | ‖w‖ | <mo stretchy="false">‖</mo><mi>w</mi><mo stretchy="false">‖</mo>
\|w\| | ‖w‖ | <mo fence="false" stretchy="false">‖</mo><mi>w</mi><mo fence="false" stretchy="false">‖</mo>
1 + x + \ldots | 1 + x + … | <mn>1</mn><mo>+</mo><mi>x</mi><mo>+</mo><mi>…</mi>
1 + \cdots + n | 1 + ⋯ + n | <mn>1</mn><mo>+</mo><mo>⋯</mo><mo>+</mo><mi>n</mi>
a, \dots | a, … | <mi>a</mi><mo>,</mo><mo>…</mo>
\vdots | ⋮ | <mo>⋮</mo>
f^\prime | f′ | <msup><mi>f</mi><mi>′</mi></msup>
x^\star | x* | <msup><mi>x</mi><mo>⋆</mo></msup>
x^\ast | x* | <msup><mi>x</mi><mo>*</mo></msup>
\ell | ℓ | <mi>ℓ</mi>
\langle x \rangle | ⟨x⟩ | <mo stretchy="false">⟨</mo><mi>x</mi><mo stretchy="false">⟩</mo>
\lfloor x \rfloor | ⌊x⌋ | <mo stretchy="false">⌊</mo><mi>x</mi><mo stretchy="false">⌋</mo>
\lceil x \rceil | ⌈x⌉ | <mo stretchy="false">⌈</mo><mi>x</mi><mo stretchy="false">⌉</mo>
\lbrace x\rbrace | {x} | <mo stretchy="false">{</mo><mi>x</mi><mo stretchy="false">}</mo>
\log p | log p | <mi>log</mi><mspace width="0.167em" /><mi>p</mi>
y \ln(p) | y ln(p) | <mi>y</mi><mspace width="0.167em" /><mi>ln</mi><mo stretchy="false">(</mo><mi>p</mi><mo stretchy="false">)</mo>
\exp(-z) | exp(-z) | <mi>exp</mi><mo stretchy="false">(</mo><mo>−</mo><mi>z</mi><mo stretchy="false">)</mo>
\max(z, 0) | max(z, 0) | <mo lspace="0" rspace="0">max</mo><mo stretchy="false">(</mo><mi>z</mi><mo>,</mo><mn>0</mn><mo stretchy="false">)</mo>
\min_i x | minᵢ x | <msub><mo lspace="0" rspace="0">min</mo><mi>i</mi></msub><mspace width="0.167em" /><mi>x</mi>
\sin x | sin x | <mi>sin</mi><mspace width="0.167em" /><mi>x</mi>
\cos x | cos x | <mi>cos</mi><mspace width="0.167em" /><mi>x</mi>
\tan x | tan x | <mi>tan</mi><mspace width="0.167em" /><mi>x</mi>
\tanh z | tanh z | <mi>tanh</mi><mspace width="0.167em" /><mi>z</mi>
\arg z | arg z | <mi>arg</mi><mspace width="0.167em" /><mi>z</mi>
\lim x | lim x | <mo lspace="0" rspace="0">lim</mo><mspace width="0.167em" /><mi>x</mi>
\det A | det A | <mo movablelimits="true" lspace="0" rspace="0">det</mo><mspace width="0.167em" /><mi>A</mi>
\dim V | dim V | <mi>dim</mi><mspace width="0.167em" /><mi>V</mi>
\sup x | sup x | <mo lspace="0" rspace="0">sup</mo><mspace width="0.167em" /><mi>x</mi>
\inf x | inf x | <mo lspace="0" rspace="0">inf</mo><mspace width="0.167em" /><mi>x</mi>
\Pr(A) | Pr(A) | <mo movablelimits="true" lspace="0" rspace="0">Pr</mo><mo stretchy="false">(</mo><mi>A</mi><mo stretchy="false">)</mo>
\mathbf{W} | W | <mi>𝐖</mi>
\mathrm{relu}(z) | relu(z) | <mi>relu</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo>
\mathit{x} | x | <mi>𝑥</mi>
\mathcal{L} | L | <mi>ℒ</mi>
\text{all that were} | all that were | <mtext>all that were</mtext>
\operatorname{softmax}(z) | softmax(z) | <mi>softmax</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo>
\boldsymbol{w} | w | <mrow><mi>𝒘</mi></mrow>
\mathsf{x} | x | <mi>𝗑</mi>
\textbf{loss of} | loss of | <mtext style="font-weight: bold">loss of</mtext>
\textrm{rows} | rows | <mtext>rows</mtext>
\hat{y} | ŷ | <mover accent="true"><mrow><mi>y</mi></mrow><mo>^</mo></mover>
\bar{x} | x̄ | <mover><mrow><mi>x</mi></mrow><mo stretchy="true">¯</mo></mover>
\tilde{x} | x̃ | <mover><mrow><mi>x</mi></mrow><mo stretchy="false">~</mo></mover>
\vec{x} | x⃗ | <mover><mrow><mi>x</mi></mrow><mo stretchy="true">→</mo></mover>
\dot{x} | ẋ | <mover><mrow><mi>x</mi></mrow><mo>˙</mo></mover>
\overline{x} | x̄ | <mover><mrow><mi>x</mi></mrow><mo accent="true">―</mo></mover>
\widehat{xy} | widehat(xy) | <mover><mrow><mi>x</mi><mi>y</mi></mrow><mo>^</mo></mover>
\frac{1}{1+e^{-z}} | 1/(1 + e^(-z)) | <mfrac><mrow><mn>1</mn></mrow><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>z</mi></mrow></msup></mrow></mfrac>
\dfrac{a}{b} | a/b | <mstyle displaystyle="true" scriptlevel="0"><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac></mstyle>
\tfrac{a}{b} | a/b | <mstyle displaystyle="false" scriptlevel="0"><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac></mstyle>
\sqrt{x} | √x | <msqrt><mrow><mi>x</mi></mrow></msqrt>
\sqrt[3]{x + 1} | ³√(x + 1) | <mroot><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow><mn>3</mn></mroot>
\binom{n}{k} | (n over k) | <mo minsize="2.047em" maxsize="2.047em">(</mo><mfrac linethickness="0"><mrow><mi>n</mi></mrow><mrow><mi>k</mi></mrow></mfrac><mo minsize="2.047em" maxsize="2.047em">)</mo>
\mathbb{R} | ℝ | <mi>ℝ</mi>
\left( a \right) | (a) | <mrow><mo stretchy="true" fence="true" form="prefix">(</mo><mi>a</mi><mo stretchy="true" fence="true" form="postfix">)</mo></mrow>
\underbrace{a+b}_{c} | (a + b)_c | <munder><munder><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mo>⏟</mo></munder><mrow><mi>c</mi></mrow></munder>
\overbrace{a+b}^{n} | (a + b)ⁿ | <mover><mover><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mo>⏞</mo></mover><mrow><mi>n</mi></mrow></mover>
a, \quad b |a,   b| <mi>a</mi><mo>,</mo><mspace width="1em" /><mi>b</mi>
a, \qquad b |a,     b| <mi>a</mi><mo>,</mo><mspace width="2em" /><mi>b</mi>
\{0, 1\} | {0, 1} | <mo stretchy="false">{</mo><mn>0</mn><mo>,</mo><mn>1</mn><mo stretchy="false">}</mo>
5\% | 5% | <mn>5</mn><mi>%</mi>
\# | # | <mi>#</mi>
a \& b | a & b | <mi>a</mi><mi>&amp;</mi><mi>b</mi>
a\_b | a_b | <mi>a</mi><mi>_</mi><mi>b</mi>
\$5 | $5 | <mi>$</mi><mn>5</mn>
(y - t)\, x | (y - t) x | <mo stretchy="false">(</mo><mi>y</mi><mo>−</mo><mi>t</mi><mo stretchy="false">)</mo><mspace width="0.167em" /><mi>x</mi>
a\;b | a b | <mi>a</mi><mspace width="0.278em" /><mi>b</mi>
a\:b | a b | <mi>a</mi><mspace width="0.222em" /><mi>b</mi>
a\ b | a b | <mi>a</mi><mtext> </mtext><mi>b</mi>
a\!b | ab | <mi>a</mi><mspace width="negativethinmathspace" /><mi>b</mi>
\begin{pmatrix} 1 & -2 \\ a + b & x \end{pmatrix} | (1, -2; a + b, x) | <mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mo>−</mo><mn>2</mn></mtd></mtr><mtr><mtd><mi>a</mi><mo>+</mo><mi>b</mi></mtd><mtd><mi>x</mi></mtd></mtr></mtable><mo>)</mo>
\begin{bmatrix} a \\ b \end{bmatrix} | [a; b] | <mo>[</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr><mtr><mtd><mi>b</mi></mtd></mtr></mtable><mo>]</mo>
\begin{vmatrix} a & b \end{vmatrix} | |a, b| | <mo>|</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable><mo>|</mo>
\begin{matrix} a & b \end{matrix} | a, b | <mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable>
\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases} | { 1, x > 0; 0, else } | <mrow><mo stretchy="true" fence="true" form="prefix">{</mo><mtable><mtr><mtd style="text-align: left"><mn>1</mn></mtd><mtd style="text-align: left"><mi>x</mi><mo>&gt;</mo><mn>0</mn></mtd></mtr><mtr><mtd style="text-align: left"><mn>0</mn></mtd><mtd style="text-align: left"><mtext>else</mtext></mtd></mtr></mtable></mrow>
\begin{aligned} a &= b \\ c &= d \end{aligned} | a = b⏎c = d | <mtable displaystyle="true" rowspacing="3pt"><mtr><mtd style="text-align: right; padding-right: 0"><mi>a</mi></mtd><mtd style="text-align: left; padding-left: 0"><mi /><mo>=</mo><mi>b</mi></mtd></mtr><mtr><mtd style="text-align: right; padding-right: 0"><mi>c</mi></mtd><mtd style="text-align: left; padding-left: 0"><mi /><mo>=</mo><mi>d</mi></mtd></mtr></mtable>
\begin{array}{cc} a & b \end{array} | a b | <mtable><mtr><mtd style="text-align: center"><mi>a</mi></mtd><mtd style="text-align: center"><mi>b</mi></mtd></mtr></mtable>
"""

#: What stands beside each other in formulas of lessons, as text.
TOGETHER = r"""
y_k = \frac{e^{z_k}}{\sum_j e^{z_j}} | yₖ = e^(zₖ)/(Σⱼ e^(zⱼ))
1 + \beta + \beta^2 + \ldots | 1 + β + β² + …
-\log 10^{-10} | -log 10⁻¹⁰
-x + (-y) - 1 | -x + (-y) - 1
f'(z) \approx \frac{f(z + h) - f(z - h)}{2h}. | f'(z) ≈ (f(z + h) - f(z - h))/2h.
C = -\frac{1}{n} \sum_i \left( t_i \log p_i \right). | C = -1/n Σᵢ (tᵢ log pᵢ).
f(z) = z \cdot \min(\max(z + 3, 0), 6) | f(z) = z · min(max(z + 3, 0), 6)
\delta_2 = (y - t) \, y (1 - y) | δ₂ = (y - t) y (1 - y)
\frac{\partial C}{\partial W} = a^\top \delta | ∂C/∂W = aᵀδ
w^{(2)}_{ij} - 1 | w⁽²⁾ᵢⱼ - 1
\lVert w \rVert_2^2 | ‖w‖₂²
\arg\max_k y_k | arg maxₖ yₖ
"""


def rows(table: str) -> list[list[str]]:
    """The cells of each line; a cell may hold single bars, so the last and the first bar of a line part them."""
    return [_cells(line) for line in table.strip().split("\n")]


def _cells(line: str) -> list[str]:
    formula, _, rest = line.partition(" |")
    cells = [rest] if " | <m" not in rest and "| <m" not in rest else [*rest.rsplit("| <m", 1)]
    cells[1:] = ["<m" + cell for cell in cells[1:]]
    return [formula.strip(), cells[0].strip().replace("⏎", "\n"), *cells[1:]]
