"""Texts about the data that every kind of metadata repeats: title, description, authors, licence."""

NAME = "fazhi"
TITLE = "Figures stated in the rule-of-law reports of Chinese townships"
TITLE_ZH = "全国乡镇法治政府建设年度报告数据"
AUTHORS = "The fazhi authors"
DESCRIPTION = (
    "Chinese townships account every year in public for their rule-of-law work. These tables hold the figures that the "
    "reports state, each with the sentence that states it. A missing figure is not a zero: the report does not say."
)
DESCRIPTION_ZH = "乡镇、街道每年公布法治政府建设年度报告;这里是报告写明的数字及其原文。空值表示报告未提,不等于零。"
LICENCE = (
    "No licence is stated for the data: they are figures and passages taken from public documents of the authorities "
    "that issued them. The code that made them is under Apache-2.0."
)
LICENCE_ZH = "数据取自各地机关公开的文件,未另行声明许可;生成数据的程序采用 Apache-2.0 许可。"
KEYWORDS = ("China", "townships", "rule of law", "local government", "annual reports", "法治政府建设")
