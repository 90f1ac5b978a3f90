"""Pictures of pages: how many pages a file of them has."""

import io

import pytest
from PIL import Image

from pipelines.read.document import ScansWantedError
from pipelines.read.formats import picture


@pytest.mark.parametrize(("kind", "pages"), [("TIFF", (1, 2)), ("GIF", (1,))])
def test_each_page_of_a_tiff_is_a_page_and_the_first_frame_of_a_gif(kind: str, pages: tuple[int, ...]) -> None:
    first, second = (Image.new("L", (400, 300), shade) for shade in (255, 0))
    stream = io.BytesIO()
    first.save(stream, kind, save_all=True, append_images=[second])
    with Image.open(io.BytesIO(stream.getvalue())) as image:
        assert getattr(image, "n_frames", 1) == 2
    with pytest.raises(ScansWantedError) as wanted:
        picture.read(stream.getvalue(), "a")
    assert wanted.value.pages == pages
